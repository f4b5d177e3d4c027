package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/voxanne-ai/voxanne/db/dbtest"
)

// pgbench runs the committed scripts.
type pgbench struct {
	program  string
	loginURL string
	scripts  string // folder
	contacts int    // of each clinic, for texts
}

// findPgbench is the one on the PATH, else the one beside the test cluster's server.
func findPgbench(ctx context.Context) (string, error) {
	if path, err := exec.LookPath("pgbench"); err == nil {
		return path, nil
	}
	cluster, err := dbtest.StartCluster(ctx, dbtest.PlainCluster)
	if err != nil {
		return "", fmt.Errorf("find pgbench: %w", err)
	}
	return exec.LookPath(filepath.Join(cluster.BinDir(), "pgbench"))
}

// failed is how pgbench 15 and later tells transactions that ended in an error.
var failed = regexp.MustCompile(`number of failed transactions: (\d+)`)

// measure implements [target]. Connections are new each time, and their first transactions plan every statement: those are not
// counted while it warms up.
func (b pgbench) measure(ctx context.Context, kind string, clients int, warm, length time.Duration) (f figures, err error) {
	dir, err := os.MkdirTemp("", "voxanne-bench-")
	if err != nil {
		return f, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	cmd := exec.CommandContext(ctx, b.program, "--no-vacuum", "--protocol=prepared",
		"--client", strconv.Itoa(clients), "--jobs", strconv.Itoa(min(clients, 2)), "--time", strconv.Itoa(int((warm + length).Seconds())),
		"--define", "contacts="+strconv.Itoa(b.contacts), "--log", "--log-prefix", filepath.Join(dir, "took"),
		"--file", filepath.Join(b.scripts, kind+".pgbench"), b.loginURL)
	begun := time.Now()
	out, err := cmd.CombinedOutput()
	if err != nil {
		return f, fmt.Errorf("pgbench: %w: %s", err, out)
	}
	f.length = min(time.Since(begun)-warm, length)
	if found := failed.FindSubmatch(out); found != nil {
		f.errors, _ = strconv.Atoi(string(found[1])) // digits only
	}
	files, err := filepath.Glob(filepath.Join(dir, "took*"))
	for _, file := range files {
		err = errors.Join(err, f.read(file, begun.Add(warm)))
	}
	if err == nil && len(f.took) == 0 {
		err = fmt.Errorf("pgbench finished no transaction: %s", out)
	}
	return f, err
}

// read takes the latencies, the third word in microseconds, out of a per-transaction log, of those that ended after the time;
// its last words are seconds and microseconds of that.
func (f *figures) read(path string, after time.Time) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		words := strings.Fields(lines.Text())
		if len(words) < 6 || words[2] == "failed" {
			continue
		}
		micros, err := strconv.Atoi(words[2])
		seconds, secondsErr := strconv.ParseInt(words[4], 10, 64)
		part, partErr := strconv.ParseInt(words[5], 10, 64)
		if err := errors.Join(err, secondsErr, partErr); err != nil {
			return fmt.Errorf("read pgbench's log: %w", err)
		}
		if time.Unix(seconds, 1000*part).Before(after) {
			continue
		}
		f.took = append(f.took, time.Duration(micros)*time.Microsecond)
	}
	return lines.Err()
}
