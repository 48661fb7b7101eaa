//! Prints what the reference's crates say of every character, a line each, and the SPDX lists; see `derive_tables.py`.
//!
//! `char` lines: code point (hex); XID_Start and XID_Continue; columns of a terminal alone, before U+FE0F, before
//! U+FE0E, before U+1F3FB, before and after U+200D with U+1F469 on its other side; Mark; Virama; Joining_Type;
//! Bidi_Class; canonical combining class; canonical decomposition; mapping of UTS #46 (`=` for itself, `-` for
//! nothing, `!` where it is disallowed).

use icu_normalizer::properties::{
    CanonicalCombiningClassMapBorrowed, CanonicalDecompositionBorrowed, Decomposed,
};
use icu_properties::props::{BidiClass, JoiningType};
use icu_properties::CodePointMapData;
use std::io::Write;
use unicode_width::UnicodeWidthStr;

const JOINING: [(JoiningType, &str); 4] = [
    (JoiningType::DualJoining, "D"),
    (JoiningType::LeftJoining, "L"),
    (JoiningType::RightJoining, "R"),
    (JoiningType::Transparent, "T"),
];

const BIDI: [(BidiClass, &str); 11] = [
    (BidiClass::LeftToRight, "L"),
    (BidiClass::RightToLeft, "R"),
    (BidiClass::ArabicLetter, "AL"),
    (BidiClass::ArabicNumber, "AN"),
    (BidiClass::EuropeanNumber, "EN"),
    (BidiClass::EuropeanSeparator, "ES"),
    (BidiClass::CommonSeparator, "CS"),
    (BidiClass::EuropeanTerminator, "ET"),
    (BidiClass::OtherNeutral, "ON"),
    (BidiClass::BoundaryNeutral, "BN"),
    (BidiClass::NonspacingMark, "NSM"),
];

fn main() -> std::io::Result<()> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let adapter = idna_adapter::Adapter::new();
    let combining = CanonicalCombiningClassMapBorrowed::new();
    let decomposition = CanonicalDecompositionBorrowed::new();
    let bidi = CodePointMapData::<BidiClass>::new();
    let joining = CodePointMapData::<JoiningType>::new();
    for c in '\0'..=char::MAX {
        let mapped: String = adapter.map_normalize(std::iter::once(c)).collect();
        let mapping = if mapped.contains('\u{fffd}') {
            "!".to_string()
        } else if mapped.is_empty() {
            "-".to_string()
        } else if mapped.chars().eq([c]) {
            "=".to_string()
        } else {
            hex(mapped.chars())
        };
        let parts = match decomposition.decompose(c) {
            Decomposed::Default => "=".to_string(),
            Decomposed::Singleton(a) => hex([a]),
            Decomposed::Expansion(a, b) => hex([a, b]),
        };
        writeln!(
            out,
            "char {:x} {} {} {} {} {} {} {} {} {} {} {} {} {} {} {}",
            c as u32,
            unicode_ident::is_xid_start(c) as u8,
            unicode_ident::is_xid_continue(c) as u8,
            width(&[c]),
            width(&[c, '\u{fe0f}']),
            width(&[c, '\u{fe0e}']),
            width(&[c, '\u{1f3fb}']),
            width(&[c, '\u{200d}', '\u{1f469}']),
            width(&['\u{1f469}', '\u{200d}', c]),
            adapter.is_mark(c) as u8,
            adapter.is_virama(c) as u8,
            short(&JOINING, joining.get(c)),
            short(&BIDI, bidi.get(c)),
            combining.get_u8(c),
            parts,
            mapping,
        )?;
    }
    for license in spdx::identifiers::LICENSES {
        let deprecated = license.flags & spdx::flags::IS_DEPRECATED != 0;
        writeln!(out, "license {} {}", license.name, deprecated as u8)?;
    }
    for exception in spdx::identifiers::EXCEPTIONS {
        writeln!(out, "exception {}", exception.name)?;
    }
    out.flush()
}

/// The short name of a property's value; `other` where nothing asks for it.
fn short<T: PartialEq>(names: &[(T, &'static str)], value: T) -> &'static str {
    names.iter().find(|(known, _)| *known == value).map_or("other", |(_, name)| name)
}

fn width(chars: &[char]) -> usize {
    chars.iter().collect::<String>().width()
}

fn hex(chars: impl IntoIterator<Item = char>) -> String {
    let codes: Vec<String> = chars.into_iter().map(|c| format!("{:x}", c as u32)).collect();
    codes.join(",")
}
