package demo

import (
	"fmt"
	"io"
	"strings"
)

// ledger prints the play and keeps count of the promises.
type ledger struct {
	out    io.Writer
	kept   int
	broken []string
}

// BrokenError says which promises were not kept.
type BrokenError struct{ Promises []string }

func (e *BrokenError) Error() string {
	return fmt.Sprintf("%d promises were broken: %s", len(e.Promises), strings.Join(e.Promises, "; "))
}

// promise notes whether what was promised held. seen says what was found
// instead; it is printed only when the promise is broken.
func (l *ledger) promise(ok bool, what string, seen ...any) {
	if ok {
		l.kept++
		fmt.Fprintf(l.out, "   ✓ %s\n", what)
		return
	}
	l.broken = append(l.broken, what)
	fmt.Fprintf(l.out, "   ✗ %s\n", what)
	for _, s := range seen {
		fmt.Fprintf(l.out, "       but: %v\n", s)
	}
}

func (l *ledger) verdict() error {
	if len(l.broken) > 0 {
		fmt.Fprintf(l.out, "\n✗ %d of %d promises were broken.\n", len(l.broken), l.kept+len(l.broken))
		return &BrokenError{Promises: l.broken}
	}
	fmt.Fprintf(l.out, "\n✓ All %d promises were kept.\n", l.kept)
	return nil
}

func (l *ledger) heading(format string, args ...any) {
	fmt.Fprintf(l.out, "\n── "+format+"\n", args...)
}

// line prints who says what.
func (l *ledger) line(who, text string) {
	fmt.Fprintf(l.out, "   %-10s %s\n", who, text)
}
