; What an editor may fold.

[
  (package_body)
  (interface_body)
  (world_body)
  (record_body)
  (variant_body)
  (enum_body)
  (flags_body)
  (resource_body)
  (include_names)
  (parameters)
  (block_comment)
] @fold
