"""The parts of the bundle (`bundle.py`): modules that the same command lines load, from the ground up. Made by
`python tests/test_drop_in_path.py`; where a command changes what it loads, parts that are old cost time, nothing else.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

PARTS: Final = (
    "release diagnostics cli.output cli.clap cli.commands cli.main",
    "wit wasm text wit.transform wit_binary validation validation.component validation.core cli.tools wit.syntax componentize sections wat worlds wat.core wat.print componentize.linking",
    "wit.stability wit.model load api cli.options",
    "wasm.limits wasm.types wasm.reader wasm.writer wasm.payloads",
    "wasm.component_types wasm.spaces wasm.module",
    "text.semver text.names",
    "wasm.component",
    "wit.types wit.queries",
    "wasm.canonicals canonical_abi",
    "wit.clone wit.transform.elaborate wit.transform.remap",
    "validation.core.types validation.component.types validation.component.resources validation.core.subtyping validation.component.subtyping validation.component.external_names validation.component.named_types validation.component.state validation.core.rec_groups validation.component.type_definitions validation.validator",
    "wasm.component_builder",
    "wasm.immediates wasm.instructions wasm.operators wat.sections",
    "validation.component.instantiation validation.core.index_spaces validation.core.const_expr validation.core.module",
    "wasm.annotations",
    "wit_binary.valtypes wit_binary.encoder wit_binary.component_type",
    "wasm.module_builder wit.abi componentize.code",
    "validation.component.lowering validation.component.canon",
    "validation.core.regular_operators",
    "wit_binary.decoder",
    "validation.core.operand_stack validation.core.reference_operators validation.core.control_operators validation.core.function",
    "wit.syntax.ast wit.syntax.attributes wit.syntax.name_scope wit.syntax.lexer wit.syntax.parser wit.syntax.resolve_types wit.syntax.resolver wit.transform.include wit.transform.push wit.transform.select_world",
    "wit.transform.merge componentize.linkage componentize.classify_exports componentize.classify_imports componentize.classify componentize.options componentize.world componentize.shims componentize.fixups componentize.types componentize.encode_exports componentize.encode_imports componentize.instantiation componentize.state wit.transform.nominal wit.transform.semver_merge componentize.encoder cli.new",
    "cli.wit",
    "cli.embed",
    "sections.parts",
    "text.json_quote",
    "wasm.features validation.component.features validation.core.features",
    "componentize.core_names componentize.dummy worlds.semver_check cli.tools.semver_check",
    "wat.lexer wat.cursor wat.core.types wat.core.instructions wat.core.data_values wat.core.expressions wat.core.module wat.core.encode wat.core.resolve wat.parse",
    "wat.print.annotations wat.print.classes wat.print.floats wat.print.writer wat.print.names wat.print.types wat.print.operators wat.print.module wat.print.component wat.print.printer cli.tools.print",
    "wit.printer",
    "wit.resolve_json",
    "wit_binary.whole",
    "worlds.fitting worlds.targets cli.tools.targets",
    "componentize.adapters",
    "sections.add cli.tools.metadata_add",
    "sections.metadata sections.table sections.shown cli.tools.metadata_show",
    "sections.strip cli.tools.strip",
    "text.rust_debug sections.objdump cli.tools.objdump",
    "validation.whole cli.tools.validate",
    "wasm.dylink componentize.linking.library componentize.linking.symbols componentize.linking.tables componentize.linking.env_module componentize.linking.startup componentize.linking.linker cli.tools.link",
    "wasm.well_formed cli.tools.parse",
    "worlds.renumber worlds.unbundle cli.tools.unbundle",
)
