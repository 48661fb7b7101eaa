"""How much of everything the reader and the validator accept (wasmparser's implementation limits).

The core ones are those of the JS API specification; the component ones are wasmparser's own.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Final

MAX_WASM_TYPES: Final = 1_000_000
MAX_WASM_SUPERTYPES: Final = 5
MAX_WASM_FUNCTIONS: Final = 1_000_000
MAX_WASM_IMPORTS: Final = 1_000_000
MAX_WASM_EXPORTS: Final = 1_000_000
MAX_WASM_GLOBALS: Final = 1_000_000
MAX_WASM_ELEMENT_SEGMENTS: Final = 100_000
MAX_WASM_DATA_SEGMENTS: Final = 100_000
MAX_WASM_STRING_SIZE: Final = 100_000
MAX_WASM_FUNCTION_SIZE: Final = 7_654_321
MAX_WASM_FUNCTION_LOCALS: Final = 50_000
MAX_WASM_FUNCTION_PARAMS: Final = 1000
MAX_WASM_FUNCTION_RETURNS: Final = 1000
MAX_WASM_TABLE_ENTRIES: Final = 10_000_000
MAX_WASM_TABLES: Final = 100_000
MAX_WASM_MEMORIES: Final = 100
MAX_WASM_TAGS: Final = 1_000_000
MAX_WASM_BR_TABLE_SIZE: Final = MAX_WASM_FUNCTION_SIZE
MAX_WASM_STRUCT_FIELDS: Final = 10_000
MAX_WASM_CATCHES: Final = 10_000
MAX_WASM_SUBTYPING_DEPTH: Final = 63
MAX_WASM_HANDLERS: Final = 10_000
MAX_WASM_TYPE_SIZE: Final = 1_000_000
MAX_WASM_SELECT_RESULT_SIZE: Final = 10
MAX_WASM_MODULES_AND_COMPONENTS: Final = 1000

DEFAULT_WASM_PAGE_SIZE: Final = 1 << 16

MAX_WASM_MODULE_SIZE: Final = 1024 * 1024 * 1024
MAX_WASM_MODULE_TYPE_DECLS: Final = 100_000
MAX_WASM_COMPONENT_TYPE_DECLS: Final = 1_000_000
MAX_WASM_INSTANCE_TYPE_DECLS: Final = 1_000_000
MAX_WASM_RECORD_FIELDS: Final = 10_000
MAX_WASM_VARIANT_CASES: Final = 10_000
MAX_WASM_TUPLE_TYPES: Final = 10_000
MAX_WASM_FIXED_LENGTH_LIST_ELEMENTS: Final = 1_073_741_824
MAX_WASM_FLAG_NAMES: Final = 1_000
MAX_WASM_ENUM_CASES: Final = 10_000
MAX_WASM_COMPONENT_TYPE_DEPTH: Final = 100
MAX_WASM_VALUE_TYPE_BYTE_SIZE: Final = 1 << 28
MAX_WASM_INSTANTIATION_EXPORTS: Final = 100_000
MAX_WASM_CANONICAL_OPTIONS: Final = 10
MAX_WASM_INSTANTIATION_ARGS: Final = 100_000
MAX_WASM_START_ARGS: Final = 1000
MAX_WASM_MODULES: Final = 1_000
MAX_WASM_COMPONENTS: Final = 1_000
MAX_WASM_INSTANCES: Final = 4_096
MAX_WASM_VALUES: Final = 1_000
MAX_CORE_INDEX_SPACE_ITEMS: Final = 1_000_000


def max_wasm_memory32_pages(page_size: int) -> int:
    """The most pages of `page_size` bytes (a power of two, at most 64 KiB) that a 32-bit memory may have."""
    return min((1 << 32) // page_size, 0xFFFF_FFFF)


def max_wasm_memory64_pages(page_size: int) -> int:
    """The most pages of `page_size` bytes that a 64-bit memory may have."""
    return min((1 << 64) // page_size, 0xFFFF_FFFF_FFFF_FFFF)
