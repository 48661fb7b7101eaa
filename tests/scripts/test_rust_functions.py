"""The rough reading of Rust by which the reference's changed functions are found."""

from __future__ import annotations

from pathlib import Path

from rust_functions import Change, blanked, changes, read

SOURCE = """
//! fn in_a_comment() {
/* fn too() { /* nested */ } */
use a::b;

/// Documented { with a brace.
#[inline]
pub fn first<'a>(x: &'a str, y: [u8; 4]) -> Result<()> {
    let c = '{'; // }
    let s = "fn inside() { \\" }";
    let r = r#"fn raw() { " }"#;
    fn nested() {}
    Ok(())
}

impl<'a, T: Into<Box<dyn Fn() -> u8>>> Trait<'a> for Type<T>
where
    T: Copy,
{
    const N: usize = 1;
    fn method(&self) -> u8 { b'}' }
    fn without_body(&self);
}

#[cfg(test)]
mod tests {
    fn test() {}
}

mod m { trait Q { fn q(); } }
"""


def test_functions_by_their_names() -> None:
    found = read(SOURCE)
    trait = "impl Trait<'a> for Type<T>"
    assert list(found.functions) == ["first", f"{trait}::method", f"{trait}::without_body", "mod m::trait Q::q"]
    assert found.functions["first"][0] == "#[inline]"
    assert found.functions["first"][-1] == "}"
    assert "use a::b;" in found.outside
    assert "const N: usize = 1;" in found.outside
    assert not any("fn" in line.split() for line in found.outside)


def test_literals_and_comments_are_blanked() -> None:
    code, structure = blanked("a /* { */ '{' \"}\" 'x")
    assert code == "a         '{' \"}\" 'x"
    assert structure == "a                 'x"


def test_what_changed(tmp_path: Path) -> None:
    for version, text in (
        ("1", SOURCE),
        ("2", SOURCE.replace("Ok(())", "// said\n    Ok( () )\n").replace("b'}'", "1")),
    ):
        (tmp_path / version / "src").mkdir(parents=True)
        (tmp_path / version / "src" / "lib.rs").write_text(text.replace("N: usize = 1", f"N: usize = {version}"))
    (tmp_path / "2" / "src" / "new.rs").write_text("fn added() {}\n")
    first, second = changes(tmp_path / "1", tmp_path / "2")
    assert first.path == "src/lib.rs"
    assert [c.name for c in first.functions] == ["first", "impl Trait<'a> for Type<T>::method"]
    assert first.outside == ["-const N: usize = 1;", "+const N: usize = 2;"]
    assert second.functions == [Change("+", "added", 1, 0)]
