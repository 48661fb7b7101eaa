; What an editor colours; the names of captures are those that tree-sitter's own highlighter and most editors know.

; A name is at least a variable; what follows says more, and the later pattern counts.
(identifier) @variable

(line_comment) @comment
(block_comment) @comment

((line_comment) @comment.documentation
  (#match? @comment.documentation "^///"))

((block_comment) @comment.documentation
  (#match? @comment.documentation "^/[*][*]"))

[
  "as"
  "constructor"
  "enum"
  "export"
  "flags"
  "func"
  "import"
  "include"
  "interface"
  "package"
  "record"
  "resource"
  "type"
  "use"
  "variant"
  "with"
  "world"
] @keyword

[
  "async"
  "static"
] @keyword.modifier

(function_type
  accessor: _ @keyword)

(primitive_type) @type.builtin

[
  "borrow"
  "future"
  "list"
  "map"
  "option"
  "own"
  "result"
  "stream"
  "tuple"
] @type.builtin

(named_type
  name: (identifier) @type)

(own_type
  resource: (identifier) @type)

(borrow_type
  resource: (identifier) @type)

(type_alias
  name: (identifier) @type)

(record
  name: (identifier) @type)

(variant
  name: (identifier) @type)

(enum
  name: (identifier) @type)

(flags
  name: (identifier) @type)

(resource
  name: (identifier) @type)

(use_name
  name: (identifier) @type)

(use_name
  alias: (identifier) @type)

(interface
  name: (identifier) @module)

(world
  name: (identifier) @module)

(package_name
  (identifier) @module)

(qualified_path
  (identifier) @module)

(import
  path: (identifier) @module)

(export
  path: (identifier) @module)

(use
  path: (identifier) @module)

(include
  path: (identifier) @module)

(top_level_use
  path: (identifier) @module)

(top_level_use
  alias: (identifier) @module)

(import
  name: (identifier) @module
  type: (inline_interface))

(export
  name: (identifier) @module
  type: (inline_interface))

(import
  name: (identifier) @function
  type: (function_type))

(export
  name: (identifier) @function
  type: (function_type))

(function
  name: (identifier) @function)

(method
  name: (identifier) @function.method)

(static_function
  name: (identifier) @function.method)

"constructor" @constructor

(parameter
  name: (identifier) @variable.parameter)

(field
  name: (identifier) @property)

(variant_case
  name: (identifier) @constant)

(enum_case
  name: (identifier) @constant)

(flag
  name: (identifier) @constant)

(attribute
  "@" @attribute
  name: _ @attribute)

(version) @number
(integer) @number
(string) @string
(escape_sequence) @string.escape

[
  ","
  ":"
  ";"
  "."
  "/"
] @punctuation.delimiter

[
  "("
  ")"
  "{"
  "}"
  "<"
  ">"
] @punctuation.bracket

[
  "="
  "->"
  "@"
] @operator
