// Prints its arguments and a file of the folder it was given, and ends with a status of its own.
package main

import (
	"fmt"
	"os"
	"strings"
)

func main() {
	fmt.Println("arguments:", strings.Join(os.Args[1:], ", "))
	text, err := os.ReadFile("/data/note.txt")
	if err != nil {
		fmt.Fprintln(os.Stderr, "no note:", err)
		os.Exit(7)
	}
	fmt.Printf("note: %s\n", strings.TrimSpace(string(text)))
	if len(os.Args) > 1 && os.Args[1] == "fail" {
		os.Exit(3)
	}
}
