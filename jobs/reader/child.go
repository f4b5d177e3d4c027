package reader

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"runtime"
	"runtime/debug"
	"time"
)

// DefaultMemory is what a child may use, in bytes: three times what the largest document tried needed.
const DefaultMemory = 512 << 20

// childGrace is how long a child may outlive its document's time: it starts, and ends by itself with a better answer.
const childGrace = 2 * time.Second

// Child reads documents in a process of its own, which has no environment, no file or connection of ours, and an end: endless
// recursion, a full memory and a hanging parser end that process only. It is no sandbox: the process runs as the same user. It is
// safe for concurrent use; each call is a process, whose end it waits for.
type Child struct {
	Program string   // whose main calls [Serve] when it gets Args; usually os.Executable()
	Args    []string // for example "read-document"
	Env     []string // usually none: secrets of ours are no business of a parser
	Memory  int64    // bytes; 0: [DefaultMemory]
}

// job is the first line that a child reads; the document follows it.
type job struct {
	Kind   Kind   `json:"kind"`
	Limits Limits `json:"limits"`
	Memory int64  `json:"memory"`
}

// reply is what a child writes.
type reply struct {
	Pages []Page `json:"pages,omitempty"`
	Code  Code   `json:"code,omitempty"`
	Cause string `json:"cause,omitempty"` // of the refusal, for logs
	Error string `json:"error,omitempty"` // a trouble that is not the document's
}

// Read reads a document as [Read] does, in a child.
//
// Errors: as of [Read]. A child that was ended, by its limits or by a mistake in a parser, is damaged or took_too_long; one that
// could not be started, and one that the system ended politely, is an error without a code: try again.
func (c *Child) Read(ctx context.Context, kind Kind, r io.Reader, limits Limits) ([]Page, error) {
	data, err := take(r, limits)
	if err != nil {
		return nil, err
	}
	memory := c.Memory
	if memory == 0 {
		memory = DefaultMemory
	}
	head, err := json.Marshal(job{Kind: kind, Limits: limits, Memory: memory})
	if err != nil {
		return nil, fmt.Errorf("asking the reader of documents: %w", err)
	}
	limited, cancel := context.WithTimeout(ctx, limits.Time+childGrace)
	defer cancel()
	cmd := exec.CommandContext(limited, c.Program, c.Args...)
	cmd.Env = append([]string{}, c.Env...) // nil would hand down ours
	cmd.Stdin = io.MultiReader(bytes.NewReader(append(head, '\n')), bytes.NewReader(data))
	cmd.WaitDelay = childGrace // for what it may have started, which is nothing
	out := &bounded{left: 2*limits.Text + 32<<20, over: cancel}
	cmd.Stdout = out
	apart(cmd)
	err = cmd.Run()
	switch {
	case ctx.Err() != nil:
		return nil, fmt.Errorf("reading the document: %w", ctx.Err())
	case out.left < 0:
		return nil, refuse(TooLarge, nil)
	case limited.Err() != nil, outOfTime(err, limits.Time):
		return nil, refuse(TookTooLong, nil)
	case err != nil:
		return nil, childError(err)
	}
	return understood(out.kept.Bytes())
}

// outOfTime is true for a child that was ended after so much processor time: on two processors its allowance ends before the
// clock does.
func outOfTime(err error, allowed time.Duration) bool {
	var ended *exec.ExitError
	return errors.As(err, &ended) && !ended.Exited() && ended.UserTime()+ended.SystemTime() >= allowed
}

// childError tells a document that ended its reader from a reader that never began.
func childError(err error) error {
	var ended *exec.ExitError
	if errors.As(err, &ended) && !endedPolitely(ended) {
		return refuse(Damaged, errors.New("its reader was ended"))
	}
	return fmt.Errorf("reading the document in a process of its own: %w", err)
}

func understood(answer []byte) ([]Page, error) {
	var a reply
	if err := json.Unmarshal(answer, &a); err != nil {
		return nil, errors.New("the reader of documents answered nothing sensible")
	}
	switch {
	case a.Code != "" && a.Cause != "":
		return nil, refuse(a.Code, errors.New(a.Cause))
	case a.Code != "":
		return nil, refuse(a.Code, nil)
	case a.Error != "":
		return nil, errors.New(a.Error)
	}
	return a.Pages, nil
}

// bounded keeps what is written to it up to its bound, and then ends the child. The buffer is a field: embedded, its
// ReadFrom would pass by the bound.
type bounded struct {
	kept bytes.Buffer
	left int
	over context.CancelFunc
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.left -= len(p); b.left < 0 {
		b.over()
		return 0, errors.New("too long an answer")
	}
	return b.kept.Write(p)
}

// Serve is the child's side: it reads one job from in, writes one answer to out and returns. The process limits itself first
// and is of no use for anything else afterwards.
func Serve(ctx context.Context, in io.Reader, out io.Writer) error {
	from := bufio.NewReader(in)
	line, err := from.ReadBytes('\n')
	if err != nil {
		return fmt.Errorf("reading the job: %w", err)
	}
	var j job
	if err := json.Unmarshal(line, &j); err != nil {
		return fmt.Errorf("reading the job: %w", err)
	}
	confine(j)
	pages, err := Read(ctx, j.Kind, from, j.Limits)
	answer := reply{Pages: pages}
	var refusal *Refusal
	switch {
	case errors.As(err, &refusal):
		answer.Code = refusal.Code
		if refusal.cause != nil {
			answer.Cause = refusal.cause.Error()
		}
	case err != nil:
		answer.Error = err.Error()
	}
	if err := json.NewEncoder(out).Encode(answer); err != nil {
		return fmt.Errorf("answering: %w", err)
	}
	return nil
}

// confine makes the process small: memory, stack and processor time end it when they are used up.
func confine(j job) {
	runtime.GOMAXPROCS(2)
	debug.SetMemoryLimit(j.Memory * 3 / 4) // the collector works harder before the system says no
	debug.SetMaxStack(64 << 20)
	limitProcess(j.Memory, j.Limits.Time+childGrace)
}
