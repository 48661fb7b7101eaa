; Definitions and references, for indexes of code.

(package_declaration
  name: (package_name) @name) @definition.module

(nested_package
  name: (package_name) @name) @definition.module

(interface
  name: (identifier) @name) @definition.interface

(world
  name: (identifier) @name) @definition.class

(type_alias
  name: (identifier) @name) @definition.type

(record
  name: (identifier) @name) @definition.type

(variant
  name: (identifier) @name) @definition.type

(enum
  name: (identifier) @name) @definition.type

(flags
  name: (identifier) @name) @definition.type

(resource
  name: (identifier) @name) @definition.class

(function
  name: (identifier) @name) @definition.function

(method
  name: (identifier) @name) @definition.method

(static_function
  name: (identifier) @name) @definition.method

(import
  name: (identifier) @name
  type: (_)) @definition.function

(export
  name: (identifier) @name
  type: (_)) @definition.function

(named_type
  name: (identifier) @name) @reference.type

(own_type
  resource: (identifier) @name) @reference.type

(borrow_type
  resource: (identifier) @name) @reference.type

(use_name
  name: (identifier) @name) @reference.type

(include
  path: (identifier) @name) @reference.class

(qualified_path
  name: (identifier) @name) @reference.interface

(import
  path: (identifier) @name) @reference.interface

(export
  path: (identifier) @name) @reference.interface

(use
  path: (identifier) @name) @reference.interface
