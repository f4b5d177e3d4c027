// Command chaos lets happen what happens in life while callers book, and checks
// what was promised: processes that are killed, a database that crashes or loses
// its connections in the middle of transactions, providers that hang, ten times
// more requests than can be taken. Everything is real but the providers, which
// are played: PostgreSQL in a cluster of its own that waits for the disk,
// `voxanne serve` and `voxanne work` as processes.
//
//	go run ./cmd/chaos                    every fault for 15 s
//	go run ./cmd/chaos -time 2m -only serve,postgres
//
// docs/faults.md says what must hold after each, and which faults other tests try.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

func main() {
	// A reader of the figures who leaves (`| head`) and a terminal that is closed are signals like the others: what was started
	// must be ended.
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGPIPE, syscall.SIGHUP)
	defer cancel()
	s := settings{out: os.Stdout, log: io.Discard}
	flag.DurationVar(&s.length, "time", 15*time.Second, "how long each fault goes on while callers book")
	flag.Float64Var(&s.rate, "rate", 20, "how many callers ring in a second")
	flag.StringVar(&s.only, "only", "", "some faults, with commas between them: "+strings.Join(faultNames(), ", ")+"; else all, one after the other")
	logs := flag.String("log", "", "a file for what the processes log; else nowhere")
	flag.Parse()
	if err := start(ctx, s, *logs); err != nil {
		fmt.Fprintln(os.Stderr, "chaos:", err)
		os.Exit(1)
	}
}

// start runs with a file for the processes' logs when one is named.
func start(ctx context.Context, s settings, logs string) error {
	if logs == "" {
		return run(ctx, s)
	}
	file, err := os.Create(logs)
	if err != nil {
		return fmt.Errorf("keep the processes' logs: %w", err)
	}
	defer file.Close()
	s.log = file
	return run(ctx, s)
}

// slowStart is how long callers may go on ringing after a fault's time, while what it took down starts again.
const slowStart = 10 * time.Second

type settings struct {
	length time.Duration // of one fault
	rate   float64       // callers a second
	// callers ring at most during one fault; 0: as many as there are in its time, and while it is put right
	callers int
	only    string    // faults' names, with commas between them; empty: all
	out     io.Writer // figures
	log     io.Writer // of the processes
}

// share says how many callers each of so many faults has: those of its time, and of a slow start after it. An error when
// a run has not so many numbers.
func (s *settings) share(faults int) error {
	if s.rate <= 0 || s.length <= 0 {
		return errors.New("-rate and -time must be more than nothing")
	}
	if s.callers == 0 {
		s.callers = int(s.rate * (s.length + slowStart).Seconds())
	}
	if all := faults * s.callers; all > mostCallers {
		return fmt.Errorf("%d faults of %s at %.3g callers a second need %d callers, and there are %d: choose a shorter -time, a lower -rate or one fault with -only",
			faults, s.length, s.rate, all, mostCallers)
	}
	return nil
}

// run lets the chosen faults happen one after the other and fails at the end when a promise was broken in any.
func run(ctx context.Context, s settings) (err error) {
	chosen, err := choose(s.only)
	if err != nil {
		return err
	}
	if err := s.share(len(chosen)); err != nil {
		return err
	}
	begun := time.Now()
	stage, err := newStage(ctx, s)
	if err != nil {
		return err
	}
	fmt.Fprintf(s.out, "set up within %.1f s\n", time.Since(begun).Seconds())
	defer func() { err = stage.close(err) }()
	for _, f := range chosen {
		if err := stage.play(ctx, f); err != nil {
			return fmt.Errorf("%s: %w", f.name, err)
		}
	}
	return stage.verdict()
}
