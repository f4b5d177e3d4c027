package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"time"
)

const healthUsage = `Asks the process that listens on this machine whether it is well, and exits with 0
if it is and with 1 if not: a health check for containers, in which there is no
shell and no curl. It asks /healthz (the process runs) at PORT, default 8080;
"voxanne work" answers at METRICS_PORT.

options:
`

// healthTimeout is less than the 5 s that container runtimes give a check.
const healthTimeout = 3 * time.Second

func runHealth(ctx context.Context, p process, args []string) error {
	var ready, work bool
	err := parseFlags(p, "health", healthUsage, args, func(f *flag.FlagSet) {
		f.BoolVar(&ready, "ready", false, "ask /readyz instead: it can serve, the database answers and is migrated")
		f.BoolVar(&work, "work", false, "ask the workers, at METRICS_PORT")
	})
	if err != nil {
		return err
	}
	if work && ready {
		return misused(p, "voxanne health: --work and --ready exclude each other: nothing is sent to workers.")
	}
	port, path := cmp.Or(p.environ["PORT"], "8080"), "/healthz"
	if ready {
		path = "/readyz"
	}
	if work {
		port = p.environ["METRICS_PORT"]
	}
	if port == "" {
		return errors.New("METRICS_PORT is not set: the workers answer nowhere")
	}
	return askHealth(ctx, "http://"+net.JoinHostPort("127.0.0.1", port)+path)
}

// askHealth is nil when url answers 200.
func askHealth(ctx context.Context, url string) error {
	ctx, cancel := context.WithTimeout(ctx, healthTimeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return errors.New("PORT and METRICS_PORT must be numbers from 1 to 65535") // the parser's error quotes them
	}
	answer, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(request) // no proxy stands before this machine
	if err != nil {
		return fmt.Errorf("ask the process: %w", err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("the process answered with status %d", answer.StatusCode)
	}
	return nil
}
