package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db/localpg"
	"github.com/voxanne-ai/voxanne/server/logtest"
)

// binary builds the program once.
var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "voxanne-test-")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "voxanne")
	out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput()
	if err != nil {
		return string(out), err
	}
	return path, nil
})

func TestMain(m *testing.M) {
	status := m.Run()
	if path, err := binary(); err == nil {
		os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(status)
}

// program is a started command.
type program struct {
	cmd     *exec.Cmd
	out     *output
	exited  chan error
	started time.Time
}

// output collects what a process prints.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

// newHome is a VOXANNE_HOME whose cluster is removed at the end, whatever happened.
func newHome(t *testing.T) string {
	t.Helper()
	home := t.TempDir()
	t.Cleanup(func() { require.NoError(t, localpg.Remove(context.Background(), filepath.Join(home, "pg"))) })
	return home
}

// environ is the process's without what would lead elsewhere, and with extra.
func environ(home string, extra ...string) []string {
	env := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + os.Getenv("HOME"), "VOXANNE_HOME=" + home}
	return append(env, extra...)
}

// start starts `voxanne dev`; PORT=0 unless extra says otherwise.
func start(t *testing.T, home string, extra ...string) *program {
	t.Helper()
	return startCommand(t, "dev", environ(home, append([]string{"PORT=0"}, extra...)...))
}

func startCommand(t *testing.T, command string, env []string) *program {
	t.Helper()
	path, err := binary()
	require.NoError(t, err, path)
	p := &program{cmd: exec.Command(path, command), out: &output{}, exited: make(chan error, 1), started: time.Now()}
	p.cmd.Dir = t.TempDir()
	p.cmd.Env = env
	p.cmd.Stdout, p.cmd.Stderr = p.out, logtest.Keep(t, p.out)
	require.NoError(t, p.cmd.Start())
	go func() { p.exited <- p.cmd.Wait() }()
	t.Cleanup(func() { _ = p.cmd.Process.Kill() })
	return p
}

// ready waits until the instance says so and answers, and returns its env file
// and how long it took.
func (p *program) ready(t *testing.T, home string) (values map[string]string, took time.Duration) {
	t.Helper()
	for deadline := p.started.Add(40 * time.Second); ; {
		if strings.Contains(p.out.String(), "Ctrl-C stops it") {
			var err error
			values, err = readEnvFile(envFilePath(home))
			require.NoError(t, err)
			if status, _ := get(t, values["BACKEND_URL"]+"/readyz", ""); status == http.StatusOK {
				return values, time.Since(p.started)
			}
		}
		select {
		case err := <-p.exited:
			t.Fatalf("ended instead of getting ready: %v\n%s", err, p.out)
		case <-time.After(20 * time.Millisecond):
			require.True(t, time.Now().Before(deadline), "not ready in time:\n%s", p.out)
		}
	}
}

// says waits for words of the output.
func (p *program) says(t *testing.T, words string) {
	t.Helper()
	require.Eventually(t, func() bool { return strings.Contains(p.out.String(), words) }, 20*time.Second, 5*time.Millisecond, words)
}

// interrupt is Ctrl-C; the exit must be clean and soon.
func (p *program) interrupt(t *testing.T) {
	t.Helper()
	require.NoError(t, p.cmd.Process.Signal(os.Interrupt))
	select {
	case err := <-p.exited:
		require.NoError(t, err, p.out.String())
	case <-time.After(15 * time.Second):
		t.Fatalf("did not stop:\n%s", p.out)
	}
}

// fails waits for an end that is no success.
func (p *program) fails(t *testing.T) {
	t.Helper()
	select {
	case err := <-p.exited:
		require.Error(t, err, p.out.String())
	case <-time.After(15 * time.Second):
		t.Fatalf("did not end:\n%s", p.out)
	}
}

func (p *program) kill(t *testing.T) {
	t.Helper()
	require.NoError(t, p.cmd.Process.Kill())
	<-p.exited
}

func get(t *testing.T, url, token string) (status int, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	require.NoError(t, err)
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	client := http.Client{Timeout: 5 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(req)
	if err != nil {
		return 0, err.Error()
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, string(text)
}

// sourceInShell lets a shell read the env file and print what it got.
func sourceInShell(t *testing.T, home string) string {
	t.Helper()
	cmd := exec.Command("sh", "-c", "set -a; . "+envFilePath(home)+"; env")
	cmd.Env = []string{"PATH=" + os.Getenv("PATH")}
	out, err := cmd.Output()
	require.NoError(t, err)
	return string(out)
}

func runCommand(t *testing.T, home string, args ...string) string {
	t.Helper()
	return runIn(t, environ(home), args...)
}

// runIn runs a command to its end and returns what it printed.
func runIn(t *testing.T, env []string, args ...string) string {
	t.Helper()
	path, err := binary()
	require.NoError(t, err)
	cmd := exec.Command(path, args...)
	cmd.Env = env
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	out, err := cmd.Output()
	require.NoError(t, err, "%s", &complaints)
	return string(out)
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "localhost:0")
	require.NoError(t, err)
	defer l.Close()
	_, port, err := net.SplitHostPort(l.Addr().String())
	require.NoError(t, err)
	return port
}
