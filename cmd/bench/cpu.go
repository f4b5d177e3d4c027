package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/voxanne-ai/voxanne/db"
)

// ticks are the hundredths of a second in which Linux counts a process's time.
const ticks = 10 * time.Millisecond

// cpuMeter reads the CPU time of the service and of PostgreSQL from Linux. PostgreSQL is the whole cluster: what else works
// in it meanwhile is counted.
type cpuMeter struct {
	serve, postmaster int // process ids; 0: unknown here
}

// cpuTimes is what both have used since they started.
type cpuTimes struct{ serve, postgres time.Duration }

// newCPUMeter asks the server which process it is. One on another machine, or a system other than Linux, cannot be measured.
func newCPUMeter(ctx context.Context, owner *pgx.Conn, serve int) (*cpuMeter, error) {
	id, err := db.New(owner).BenchPostmaster(ctx)
	if err != nil {
		return nil, fmt.Errorf("ask which process the database is: %w", err)
	}
	postmaster := int(id)
	if name, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", postmaster)); err != nil || !strings.HasPrefix(string(name), "postgres") {
		return &cpuMeter{}, nil
	}
	return &cpuMeter{serve: serve, postmaster: postmaster}, nil
}

// read is what has been used so far; zero where it cannot be measured.
func (m *cpuMeter) read() (now cpuTimes, err error) {
	if m.postmaster == 0 {
		return now, nil
	}
	if now.serve, _, err = processTime(fmt.Sprintf("/proc/%d/stat", m.serve)); err != nil {
		return now, err
	}
	paths, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return now, err
	}
	for _, path := range paths {
		used, parent, err := processTime(path)
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ESRCH) {
			continue // it ended: the postmaster has its time
		} else if err != nil {
			return now, err
		}
		if parent == m.postmaster || path == fmt.Sprintf("/proc/%d/stat", m.postmaster) {
			now.postgres += used
		}
	}
	return now, nil
}

// perCall is the time between two readings for each of so many calls, in milliseconds; NaN where it cannot be measured.
func (m *cpuMeter) perCall(used time.Duration, calls int) float64 {
	if m.postmaster == 0 || calls == 0 {
		return math.NaN()
	}
	return used.Seconds() * 1000 / float64(calls)
}

// processTime is the time a process and its ended children have used, and whose child it is (Linux: proc(5), stat).
func processTime(path string) (used time.Duration, parent int, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0, 0, fmt.Errorf("read a process's time: %w", err)
	}
	_, rest, _ := strings.Cut(string(text), ") ") // its name may hold anything but this
	words := strings.Fields(rest)
	if len(words) < 15 {
		return 0, 0, fmt.Errorf("%s says too little", path)
	}
	if parent, err = strconv.Atoi(words[1]); err != nil {
		return 0, 0, fmt.Errorf("read a process's parent: %w", err)
	}
	for _, word := range words[11:15] { // in user mode, in the kernel, and both of its children
		n, err := strconv.ParseInt(word, 10, 64)
		if err != nil {
			return 0, 0, fmt.Errorf("read a process's time: %w", err)
		}
		used += time.Duration(n) * ticks
	}
	return used, parent, nil
}
