package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// Where the last committed run is, below the repository's folder: for programs, and for readers.
const (
	lastRunFile = "docs/benchmarks/last.json"
	lastRunPage = "docs/benchmarks.md"
	// The page has the run between these lines.
	pageBegins = "<!-- the last run: written by go run ./cmd/bench -save -->\n"
	pageEnds   = "<!-- end of the last run -->\n"
)

// errNoRun: there is no committed run to show.
var errNoRun = errors.New("no run was saved yet")

// lastRun is a whole run and the circumstances in which its figures came about.
type lastRun struct {
	Date     string     `json:"date"`
	Command  string     `json:"command"`
	Machine  string     `json:"machine"`
	Versions string     `json:"versions"`
	Load     string     `json:"load"` // before and after
	Filled   string     `json:"filled"`
	Figures  []measured `json:"figures"`
}

// readLastRun reads the committed run below root. Errors: errNoRun when there is none.
func readLastRun(root string) (*lastRun, error) {
	text, err := os.ReadFile(filepath.Join(root, lastRunFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errNoRun
	} else if err != nil {
		return nil, fmt.Errorf("read the last run: %w", err)
	}
	var run lastRun
	if err := json.Unmarshal(text, &run); err != nil {
		return nil, fmt.Errorf("read the last run: %w", err)
	}
	return &run, nil
}

// told is a row's figure in this run.
func (r *lastRun) told(name string) string {
	for _, m := range r.Figures {
		if m.Name == name {
			return m.told()
		}
	}
	return ""
}

// save writes the run into its file and onto its page below root.
func (r *lastRun) save(root string) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("write the run: %w", err)
	}
	page, err := os.ReadFile(filepath.Join(root, lastRunPage))
	if err != nil {
		return fmt.Errorf("read the page of figures: %w", err)
	}
	before, _, begins := strings.Cut(string(page), pageBegins)
	_, after, ends := strings.Cut(string(page), pageEnds)
	if !begins || !ends {
		return fmt.Errorf("%s has no place for a run", lastRunPage)
	}
	written, err := r.page()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(filepath.Join(root, lastRunFile)), 0o755); err != nil { //nolint:gosec // a folder of the repository
		return fmt.Errorf("make the folder of the run: %w", err)
	}
	for path, content := range map[string]string{lastRunFile: string(text) + "\n", lastRunPage: before + written + after} {
		if err := os.WriteFile(filepath.Join(root, path), []byte(content), 0o644); err != nil { //nolint:gosec // files of the repository
			return fmt.Errorf("write the run: %w", err)
		}
	}
	return nil
}

// page is what the page says of the run, with the lines that enclose it.
func (r *lastRun) page() (string, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s%s, `%s`\n\n- %s\n- %s\n- load of the machine: %s\n- %s\n\n", pageBegins, r.Date, r.Command, r.Machine, r.Versions, r.Load, r.Filled)
	if err := printTable(&b, r.Figures, nil); err != nil {
		return "", err
	}
	b.WriteString(pageEnds)
	return b.String(), nil
}

// circumstances says when, where and with what a run is made.
func circumstances(ctx context.Context, ownerURL string) (*lastRun, error) {
	owner, err := pgx.Connect(ctx, ownerURL)
	if err != nil {
		return nil, fmt.Errorf("reach the scratch database: %w", err)
	}
	defer owner.Close(context.WithoutCancel(ctx))
	var postgres, vector, fsync string
	err = owner.QueryRow(ctx, `select split_part(current_setting('server_version'), ' ', 1),
		(select e.extversion from pg_extension e where e.extname = 'vector'), current_setting('fsync')`).Scan(&postgres, &vector, &fsync)
	if err != nil {
		return nil, fmt.Errorf("ask for versions: %w", err)
	}
	return &lastRun{Date: time.Now().UTC().Format(time.DateOnly), Command: commandLine(), Machine: machine(),
		Versions: fmt.Sprintf("PostgreSQL %s (fsync %s), pgvector %s, %s", postgres, fsync, vector, runtime.Version()), Load: loadNow()}, nil
}

// commandLine is how to make this run again.
func commandLine() string {
	return strings.Join(append([]string{"go", "run", "./cmd/bench"}, os.Args[1:]...), " ")
}

// machine is what Linux says of processor, memory and kernel; elsewhere only what Go knows.
func machine() string {
	model := runtime.GOARCH
	if text, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		if _, rest, found := strings.Cut(string(text), "model name"); found {
			line, _, _ := strings.Cut(rest, "\n")
			model = strings.TrimSpace(strings.TrimLeft(line, "\t :"))
		}
	}
	told := fmt.Sprintf("%d cores of %s", runtime.NumCPU(), model)
	if text, err := os.ReadFile("/proc/meminfo"); err == nil {
		var kib int
		if _, err := fmt.Sscanf(string(text), "MemTotal: %d kB", &kib); err == nil {
			told += fmt.Sprintf(", %d GiB", kib>>20)
		}
	}
	if text, err := os.ReadFile("/proc/sys/kernel/osrelease"); err == nil {
		told += ", " + runtime.GOOS + " " + strings.TrimSpace(string(text))
	}
	return told + "; clients, service and database on it"
}

// loadNow is how many processes wanted to run in the last minute.
func loadNow() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	last, _, _ := strings.Cut(string(text), " ")
	return last
}
