// A world of one's own: built with -wit-package and -wit-world, with an export of its own.
package main

//go:wasmexport add
func add(a, b int32) int32 {
	return a + b
}

func main() {}
