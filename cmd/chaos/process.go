package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"
)

// startLimit is how long a process may take until it works, also beside others that keep the machine busy.
const startLimit = 30 * time.Second

// process is one command of the program that is killed and started again. Its owner calls its methods one at a time.
type process struct {
	binary, command string
	env             []string
	log             io.Writer
	ready           string        // asked until it answers 200; empty: it is ready when it runs
	running         *exec.Cmd     // the shell around it, see guarded
	hold            io.Closer     // the program is killed when it closes
	exited          chan struct{} // closed when running has ended
	started         time.Time
}

// guarded starts a program that does not outlive us: when we go, in whatever way, the shell's input ends. When the program
// goes, the shell does.
const guarded = `exec 3<&0; "$0" "$1" 3<&- & program=$!; exec 2>/dev/null
(read -r _ <&3; kill -9 $program) & guard=$!
wait $program; status=$?; kill $guard; exit $status`

// start starts the process and waits until it is ready.
func (p *process) start(ctx context.Context) error {
	cmd := exec.Command("/bin/sh", "-c", guarded, p.binary, p.command) //nolint:gosec // the program that was built for it
	cmd.Dir, cmd.Env = filepath.Dir(p.binary), append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME")}, p.env...)
	cmd.Stdout, cmd.Stderr = p.log, p.log
	hold, err := cmd.StdinPipe()
	if err != nil {
		return fmt.Errorf("start %s: %w", p.command, err)
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start %s: %w", p.command, err)
	}
	p.running, p.hold, p.exited, p.started = cmd, hold, make(chan struct{}), time.Now()
	go func(ended chan<- struct{}) {
		_ = cmd.Wait() // that it ended is what matters: nobody stops it but kill
		close(ended)
	}(p.exited)
	if p.ready == "" {
		return nil
	}
	return poll(ctx, startLimit, p.command+" is ready", func(ctx context.Context) (bool, error) {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.ready, nil)
		if err != nil {
			return false, err
		}
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			return false, nil //nolint:nilerr // it does not listen yet
		}
		return resp.StatusCode == http.StatusOK, resp.Body.Close()
	})
}

// kill ends it the hard way, so that nothing is tidied up, and waits until it is gone.
func (p *process) kill() error {
	if p.running == nil {
		return nil
	}
	err := p.hold.Close()
	<-p.exited
	p.running = nil
	if err != nil && !errors.Is(err, os.ErrClosed) { // closed already, as it ended by itself
		return fmt.Errorf("kill %s: %w", p.command, err)
	}
	return nil
}

// died says whether it ended by itself, which no fault may make it do.
func (p *process) died() bool {
	select {
	case <-p.exited:
		return p.running != nil
	default:
		return false
	}
}

// poll asks until done. Not done within limit is an error that says what was waited for.
func poll(ctx context.Context, limit time.Duration, what string, done func(context.Context) (bool, error)) error {
	ctx, cancel := context.WithTimeoutCause(ctx, limit, fmt.Errorf("not within %s: %s", limit, what))
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		if finished, err := done(ctx); ctx.Err() == nil && (err != nil || finished) {
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-tick.C:
		}
	}
}
