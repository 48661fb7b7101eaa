// Exports functions; the runtime starts in `_initialize`, and the world of reactor.wit says what is seen of it.
package main

var calls int32

//go:wasmexport add
func add(a, b int32) int32 { return a + b }

//go:wasmexport count
func count() int32 {
	calls++
	return calls
}

func main() {}
