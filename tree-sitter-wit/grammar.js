/**
 * @file WIT, the interface language of WebAssembly components, as wasm-tools 1.263.0 reads it
 * @license Apache-2.0 WITH LLVM-exception
 *
 * The language: https://github.com/WebAssembly/component-model/blob/main/design/mvp/WIT.md
 */

/// <reference types="tree-sitter-cli/dsl" />
// @ts-check

/** Words that are no names; `from` is one too, but begins nothing, so that the grammar can't say it. */
const KEYWORDS = [
  'as', 'async', 'bool', 'borrow', 'char', 'constructor', 'enum', 'error-context', 'export', 'f32', 'f64', 'flags',
  'func', 'future', 'import', 'include', 'interface', 'list', 'map', 'option', 'own', 'package', 'record',
  'resource', 'result', 's16', 's32', 's64', 's8', 'static', 'stream', 'string', 'tuple', 'type', 'u16', 'u32', 'u64',
  'u8', 'use', 'variant', 'with', 'world',
];

/** A word that is no keyword but means something in its place; `%` before it changes nothing. */
const word = name => choice(name, alias('%' + name, name));

/** Rules between commas, the last of which may be followed by one. */
const listOf = rule => optional(seq(rule, repeat(seq(',', rule)), optional(',')));

const block = rule => seq('{', rule, '}');

/** `namespace:package/name@version`. */
const qualified = ($, namespace, package_) => seq(
  field('namespace', namespace), ':', field('package', package_), '/', field('name', $._id),
  optional(seq('@', field('version', $.version))),
);

module.exports = grammar({
  name: 'wit',

  extras: $ => [/[ \t\r\n]/, $.line_comment, $.block_comment],

  // Block comments nest.
  externals: $ => [$.block_comment],

  word: $ => $.identifier,

  reserved: {
    global: _ => KEYWORDS,
  },

  supertypes: $ => [$._type, $._type_definition],

  inline: $ => [$._id, $._path, $._accessor],

  rules: {
    source_file: $ => seq(optional($.package_declaration), repeat($._item)),

    line_comment: _ => token(seq('//', /[^\n]*/)),

    // ---------------------------------------------------------------- packages

    package_declaration: $ => seq('package', field('name', $.package_name), ';'),

    nested_package: $ => seq('package', field('name', $.package_name), field('body', $.package_body)),

    package_body: $ => block(repeat($._item)),

    package_name: $ => seq(
      field('namespace', $._id), ':', field('name', $._id), optional(seq('@', field('version', $.version))),
    ),

    version: _ => /[0-9]+\.[0-9]+\.[0-9]+(-([0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?)?(\+([0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*)?)?/,

    _item: $ => choice($.interface, $.world, $.top_level_use, $.nested_package),

    // ---------------------------------------------------------------- uses

    // `name`, or `namespace:package/name@version`
    _path: $ => choice($._id, $.qualified_path),

    qualified_path: $ => qualified($, $._id, $._id),

    top_level_use: $ => seq(
      repeat($.attribute), 'use', field('path', $._path), optional(seq('as', field('alias', $._id))), ';',
    ),

    use: $ => seq(
      repeat($.attribute), 'use', field('path', $._path), '.', block(listOf($.use_name)), ';',
    ),

    use_name: $ => seq(field('name', $._id), optional(seq('as', field('alias', $._id)))),

    include: $ => seq(
      repeat($.attribute), 'include', field('path', $._path), choice(';', $.include_names),
    ),

    include_names: $ => seq('with', block(listOf($.include_name))),

    include_name: $ => seq(field('name', $._id), 'as', field('alias', $._id)),

    // ---------------------------------------------------------------- worlds

    world: $ => seq(repeat($.attribute), 'world', field('name', $._id), field('body', $.world_body)),

    world_body: $ => block(repeat(choice($.import, $.export, $.use, $.include, $._type_definition))),

    import: $ => seq(repeat($.attribute), 'import', $._extern),

    export: $ => seq(repeat($.attribute), 'export', $._extern),

    _extern: $ => choice(
      seq(field('path', $._path), ';'),
      seq(field('path', alias($._path_to_accessor, $.qualified_path)), ';'),
      seq(field('name', $._id), ':', choice(
        seq(field('type', $.function_type), ';'),
        field('type', $.inline_interface),
        seq(field('path', choice($._path, $._accessor, alias($._path_from_accessor, $.qualified_path))), ';'),
      )),
    ),

    // `get` and `set` begin a function where a parenthesis follows; elsewhere they are names.
    _accessor: $ => choice(alias('get', $.identifier), alias('set', $.identifier)),
    _path_to_accessor: $ => qualified($, $._id, $._accessor),
    _path_from_accessor: $ => qualified($, $._accessor, $._id),

    inline_interface: $ => seq('interface', field('body', $.interface_body)),

    // ---------------------------------------------------------------- interfaces

    interface: $ => seq(repeat($.attribute), 'interface', field('name', $._id), field('body', $.interface_body)),

    interface_body: $ => block(repeat(choice($.function, $.use, $._type_definition))),

    function: $ => seq(repeat($.attribute), field('name', $._id), ':', field('type', $.function_type), ';'),

    function_type: $ => seq(
      choice(seq(optional('async'), 'func'), field('accessor', choice('get', 'set'))),
      field('parameters', $.parameters),
      optional(seq('->', field('result', $._type))),
    ),

    parameters: $ => seq('(', listOf($.parameter), ')'),

    parameter: $ => seq(field('name', $._id), ':', field('type', $._type)),

    // ---------------------------------------------------------------- attributes

    attribute: $ => seq('@', choice(
      seq(
        field('name', choice(word('since'), word('deprecated'))),
        '(', word('version'), '=', field('value', $.version), ')',
      ),
      seq(field('name', word('unstable')), '(', word('feature'), '=', field('value', $._id), ')'),
      seq(field('name', word('external-id')), '(', field('value', $.string), ')'),
    )),

    string: $ => seq('"', repeat(choice($.string_content, $.escape_sequence)), token.immediate('"')),

    string_content: _ => token.immediate(prec(1, /[^"\\\x00-\x1f\x7f]+/)),

    escape_sequence: _ => token.immediate(/\\(["'tnr\\]|[0-9a-fA-F]{2}|u\{[0-9a-fA-F_]+\})/),

    // ---------------------------------------------------------------- type definitions

    _type_definition: $ => choice($.type_alias, $.record, $.variant, $.enum, $.flags, $.resource),

    type_alias: $ => seq(repeat($.attribute), 'type', field('name', $._id), '=', field('type', $._type), ';'),

    record: $ => seq(repeat($.attribute), 'record', field('name', $._id), field('body', $.record_body)),
    record_body: $ => block(listOf($.field)),
    field: $ => seq(field('name', $._id), ':', field('type', $._type)),

    variant: $ => seq(repeat($.attribute), 'variant', field('name', $._id), field('body', $.variant_body)),
    variant_body: $ => block(listOf($.variant_case)),
    variant_case: $ => seq(field('name', $._id), optional(seq('(', field('type', $._type), ')'))),

    enum: $ => seq(repeat($.attribute), 'enum', field('name', $._id), field('body', $.enum_body)),
    enum_body: $ => block(listOf($.enum_case)),
    enum_case: $ => field('name', $._id),

    flags: $ => seq(repeat($.attribute), 'flags', field('name', $._id), field('body', $.flags_body)),
    flags_body: $ => block(listOf($.flag)),
    flag: $ => field('name', $._id),

    resource: $ => seq(
      repeat($.attribute), 'resource', field('name', $._id), choice(';', field('body', $.resource_body)),
    ),
    resource_body: $ => block(repeat(choice($.constructor, $.method, $.static_function))),
    constructor: $ => seq(
      repeat($.attribute), 'constructor', field('parameters', $.parameters),
      optional(seq('->', field('result', $._type))), ';',
    ),
    method: $ => seq(repeat($.attribute), field('name', $._id), ':', field('type', $.function_type), ';'),
    static_function: $ => seq(
      repeat($.attribute), field('name', $._id), ':', 'static', field('type', $.function_type), ';',
    ),

    // ---------------------------------------------------------------- types

    _type: $ => choice(
      $.primitive_type, $.named_type, $.list_type, $.map_type, $.option_type, $.result_type, $.tuple_type,
      $.future_type, $.stream_type, $.own_type, $.borrow_type,
    ),

    primitive_type: _ => choice(
      'bool', 'u8', 'u16', 'u32', 'u64', 's8', 's16', 's32', 's64', 'f32', 'f64', 'char', 'string', 'error-context',
    ),

    named_type: $ => field('name', $._id),

    list_type: $ => seq(
      'list', '<', field('element', $._type), optional(seq(',', field('length', $.integer))), '>',
    ),

    map_type: $ => seq('map', '<', field('key', $._type), ',', field('value', $._type), '>'),

    option_type: $ => seq('option', '<', field('payload', $._type), '>'),

    result_type: $ => seq('result', optional(seq('<', choice(
      seq('_', ',', field('err', $._type)),
      seq(field('ok', $._type), optional(seq(',', field('err', $._type)))),
    ), '>'))),

    tuple_type: $ => seq('tuple', '<', listOf(field('element', $._type)), '>'),

    future_type: $ => seq('future', optional(seq('<', field('payload', $._type), '>'))),

    stream_type: $ => seq('stream', optional(seq('<', field('payload', $._type), '>'))),

    own_type: $ => seq('own', '<', field('resource', $._id), '>'),

    borrow_type: $ => seq('borrow', '<', field('resource', $._id), '>'),

    integer: _ => /[0-9]+/,

    // ---------------------------------------------------------------- names

    _id: $ => $.identifier,

    // Words joined by hyphens, each all lower or all upper case, the first of which starts with a letter. `%` before it
    // makes a name of a keyword.
    identifier: _ => /%?([a-z][a-z0-9]*|[A-Z][A-Z0-9]*)(-([a-z0-9]+|[A-Z0-9]+))*/,
  },
});
