package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/voxanne-ai/voxanne/cmd/internal/program"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

const (
	// startsWithin is how long the server may take until it is ready, before that is an error.
	startsWithin = 30 * time.Second
	// toldOfLog is how much of the server's log is told when it fails, in bytes.
	toldOfLog = 4 << 10
)

// served is `voxanne serve` as a process of its own. Its owner calls its methods one at a time.
type served struct {
	base   string // its address, as a URL
	ready  time.Duration
	folder string
	log    *os.File
	serve  *exec.Cmd
}

// startServe builds the program and starts `voxanne serve` on a database. It returns when the server is ready.
func startServe(ctx context.Context, loginURL string) (_ *served, err error) {
	p := &served{}
	defer func() {
		if err != nil {
			err = errors.Join(err, p.stop())
		}
	}()
	if p.folder, err = os.MkdirTemp("", "voxanne-bench-"); err != nil {
		return nil, fmt.Errorf("make a folder: %w", err)
	}
	path, err := program.Build(ctx, p.folder)
	if err != nil {
		return nil, err
	}
	port, err := program.FreePort()
	if err != nil {
		return nil, err
	}
	p.base = "http://" + net.JoinHostPort("127.0.0.1", port)
	if p.log, err = os.Create(filepath.Join(p.folder, "log")); err != nil {
		return nil, fmt.Errorf("make the server's log: %w", err)
	}
	p.serve = exec.CommandContext(ctx, path, "serve") //nolint:gosec // the program that was just built
	p.serve.Env = []string{"DATABASE_URL=" + loginURL, "PORT=" + port, "BACKEND_URL=" + p.base, "VOXANNE_ENV=dev", "VAPI_WEBHOOK_AUTH=hmac",
		"JWT_SECRET=" + string(benchConfig.JWTSecret), "VAPI_WEBHOOK_SECRET=" + benchSecret, "CREDENTIALS_KEY=" + string(benchKey)}
	p.serve.Stdout, p.serve.Stderr = p.log, p.log
	p.serve.Cancel = func() error { return p.serve.Process.Signal(syscall.SIGTERM) }
	begun := time.Now()
	if err := p.serve.Start(); err != nil {
		p.serve = nil
		return nil, fmt.Errorf("start the server: %w", err)
	}
	p.ready, err = readyAfter(ctx, p.base+"/readyz", begun)
	return p, err
}

// stop ends the server and removes what it left. A server that did not end well is an error with the end of its log. A
// second stop does nothing.
func (p *served) stop() (err error) {
	if p.serve != nil {
		if err = errors.Join(p.serve.Process.Signal(syscall.SIGTERM), p.serve.Wait()); err != nil {
			err = fmt.Errorf("serve: %w: %s", err, p.lastWords())
		}
		p.serve = nil
	}
	if p.log != nil {
		err = errors.Join(err, p.log.Close())
		p.log = nil
	}
	return errors.Join(err, os.RemoveAll(p.folder))
}

// lastWords is the end of the log.
func (p *served) lastWords() string {
	text, err := os.ReadFile(p.log.Name())
	if err != nil {
		return err.Error()
	}
	return string(text[max(0, len(text)-toldOfLog):])
}

// callers are assistants of this server, so many at a time without opening connections.
func (p *served) callers(clients int) callers {
	return callers{&sandbox.Caller{BaseURL: p.base, Auth: sandbox.SignSeconds(benchSecret),
		HTTP: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}}}}
}

// measureServe says how long the server takes until it is ready and what memory it then uses.
func measureServe(ctx context.Context, s settings, loginURL string) error {
	p, err := startServe(ctx, loginURL)
	if err != nil {
		return err
	}
	resident, err := residentMemory(p.serve.Process.Pid)
	if err := errors.Join(err, p.stop()); err != nil {
		return err
	}
	s.sheet.note("serve.ready", float64(p.ready.Milliseconds()))
	s.sheet.note("serve.memory", resident)
	fmt.Fprintf(s.out, "voxanne serve is ready after %.2f s and uses %.0f MiB\n", p.ready.Seconds(), resident)
	return nil
}

// readyAfter asks until the server says that it is ready, and how long that was after begun.
func readyAfter(ctx context.Context, address string, begun time.Time) (time.Duration, error) {
	ctx, cancel := context.WithTimeout(ctx, startsWithin)
	defer cancel()
	for {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			return 0, err
		}
		if resp, err := http.DefaultClient.Do(req); err == nil {
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return time.Since(begun), nil
			}
		}
		select {
		case <-ctx.Done():
			return 0, fmt.Errorf("wait until it is ready: %w", ctx.Err())
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// residentMemory is what Linux says a process holds in memory, in MiB; elsewhere NaN.
func residentMemory(pid int) (float64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if errors.Is(err, os.ErrNotExist) {
		return math.NaN(), nil
	} else if err != nil {
		return 0, fmt.Errorf("read what memory is used: %w", err)
	}
	lines := bufio.NewScanner(bytes.NewReader(text))
	for lines.Scan() {
		var kib float64
		if rest, found := strings.CutPrefix(lines.Text(), "VmRSS:"); found {
			if _, err := fmt.Sscan(rest, &kib); err != nil {
				return 0, fmt.Errorf("read what memory is used: %w", err)
			}
			return kib / 1024, nil
		}
	}
	return 0, errors.New("the kernel says nothing of a process's memory")
}
