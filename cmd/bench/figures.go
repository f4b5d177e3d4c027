package main

import (
	"fmt"
	"io"
	"slices"
	"time"
)

// figures are the latencies of all finished requests within a time.
type figures struct {
	took   []time.Duration
	length time.Duration
	errors int
}

func (f *figures) add(more figures) {
	f.took = append(f.took, more.took...)
	f.length += more.length
	f.errors += more.errors
}

func (f *figures) perSecond() float64 {
	if f.length == 0 {
		return 0
	}
	return float64(len(f.took)) / f.length.Seconds()
}

// quantile is the latency that this part of the requests did not exceed, in milliseconds.
func (f *figures) quantile(part float64) float64 {
	if len(f.took) == 0 {
		return 0
	}
	slices.Sort(f.took)
	at := min(int(part*float64(len(f.took))), len(f.took)-1)
	return float64(f.took[at].Microseconds()) / 1000
}

func (f *figures) print(out io.Writer, kind, target string) {
	fmt.Fprintf(out, "%-14s %-8s %10.0f %9.2f %9.2f %8d\n", kind, target, f.perSecond(), f.quantile(0.50), f.quantile(0.99), f.errors)
}

// ratio is one quantile to another, for reading; "-" where there is none.
func ratio(over, plain float64) string {
	if plain == 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f", over/plain)
}

// printBeside prints a kind's bookings, and how they compare with another kind's.
func (k *kindOfClinic) printBeside(out io.Writer, plain *kindOfClinic) {
	f, p := &k.sum, &plain.sum
	fmt.Fprintf(out, "%-16s %9d %9.2f %9.2f %9.2f %8d %7s, %s\n", k.title, len(f.took), f.quantile(.5), f.quantile(.95), f.quantile(.99),
		f.errors, ratio(f.quantile(.5), p.quantile(.5)), ratio(f.quantile(.99), p.quantile(.99)))
}
