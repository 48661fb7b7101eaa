// Goroutines, maps and JSON: a larger runtime, the same interfaces.
package main

import (
	"encoding/json"
	"fmt"
	"sort"
)

type count struct {
	Word  string `json:"word"`
	Times int    `json:"times"`
}

func main() {
	words := make(chan string)
	go func() {
		for _, w := range []string{"a", "b", "a", "c", "b", "a"} {
			words <- w
		}
		close(words)
	}()
	counts := map[string]int{}
	for w := range words {
		counts[w]++
	}
	var all []count
	for w, n := range counts {
		all = append(all, count{w, n})
	}
	sort.Slice(all, func(i, j int) bool { return all[i].Word < all[j].Word })
	text, err := json.Marshal(all)
	if err != nil {
		panic(err)
	}
	fmt.Println(string(text))
}
