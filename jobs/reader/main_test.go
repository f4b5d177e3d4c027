package reader_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/voxanne-ai/voxanne/jobs/reader"
)

// What this test binary does as a child, instead of running tests.
const (
	childServes    = "serve"
	childRecurses  = "recurse"  // a parser that never ends its recursion
	childHoards    = "hoard"    // one that keeps everything
	childHangs     = "hang"     // one that computes for ever
	childChatters  = "chatter"  // one that never ends its answer
	childConfesses = "confess"  // one that looks for what it should not have
	childNever     = "nonsense" // one that answers nothing sensible
)

func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == "read-document" {
		os.Exit(playChild(os.Args[2]))
	}
	goleak.VerifyTestMain(m)
}

// playChild confines itself as a child does, by reading a small document first, and then misbehaves.
func playChild(how string) int {
	if how == childServes {
		if err := reader.Serve(context.Background(), os.Stdin, os.Stdout); err != nil {
			return 1
		}
		return 0
	}
	var first bytes.Buffer
	if err := reader.Serve(context.Background(), os.Stdin, &first); err != nil {
		return 1
	}
	switch how {
	case childRecurses:
		return recurse(1)
	case childHoards:
		var hoard [][]byte
		for {
			hoard = append(hoard, bytes.Repeat([]byte{1}, 1<<20))
			if len(hoard) == 1<<20 {
				return 0
			}
		}
	case childHangs:
		for began := time.Now(); time.Since(began) < time.Hour; {
		}
	case childChatters:
		for {
			if _, err := io.WriteString(os.Stdout, strings.Repeat("x", 1<<16)); err != nil {
				return 1
			}
		}
	case childConfesses:
		fmt.Printf(`{"pages":[{"number":%d}]}`, len(os.Environ()))
	case childNever:
		fmt.Print("hello")
	}
	return 0
}

func recurse(n int) int {
	if n < 0 {
		return 0
	}
	return recurse(n+1) + 1
}
