// A file of a preopened folder: wasi:filesystem.
package main

import (
	"fmt"
	"os"
)

func main() {
	text, err := os.ReadFile("/data/note.txt")
	if err != nil {
		fmt.Println("no note:", err)
		os.Exit(1)
	}
	fmt.Printf("%d bytes: %s", len(text), text)
}
