// Arguments and time: wasi:cli/environment and wasi:clocks.
package main

import (
	"fmt"
	"os"
	"strings"
	"time"
)

func main() {
	start := time.Now()
	fmt.Println(len(os.Args), strings.Join(os.Args[1:], " "))
	fmt.Println("took", time.Since(start) >= 0)
}
