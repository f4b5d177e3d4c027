package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db/localpg"
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

// program is a started `voxanne dev`.
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
	path, err := binary()
	require.NoError(t, err, path)
	p := &program{cmd: exec.Command(path, "dev"), out: &output{}, exited: make(chan error, 1), started: time.Now()}
	p.cmd.Dir = t.TempDir()
	p.cmd.Env = environ(home, append([]string{"PORT=0"}, extra...)...)
	p.cmd.Stdout, p.cmd.Stderr = p.out, p.out
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

// validate asks the dashboard's first question with the file's token.
func validate(t *testing.T, values map[string]string) {
	t.Helper()
	status, body := get(t, values["BACKEND_URL"]+"/api/orgs/validate/"+values["ORG_ID"], values["TOKEN"])
	require.Equal(t, http.StatusOK, status, body)
	var answer struct {
		Role string `json:"role"`
	}
	require.NoError(t, json.Unmarshal([]byte(body), &answer))
	require.Equal(t, "owner", answer.Role)
}

func TestDevFromNothingAndAgain(t *testing.T) {
	t.Parallel()
	home := newHome(t)
	first := start(t, home)
	values, _ := first.ready(t, home)
	validate(t, values)

	info, err := os.Stat(envFilePath(home))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	for _, name := range []string{
		"VOXANNE_ENV", "VOXANNE_HOME", "PORT", "BACKEND_URL", "DATABASE_URL", "DATABASE_DIRECT_URL", "ADMIN_DATABASE_URL",
		"JWT_SECRET", "VAPI_WEBHOOK_SECRET", "VAPI_WEBHOOK_AUTH", "VAPI_PRIVATE_KEY", "VAPI_BASE_URL", "ORG_ID", "TOKEN",
	} {
		require.NotEmpty(t, values[name], name)
	}
	require.Contains(t, values["DATABASE_URL"], "voxanne_login:", "the server is not the owner")
	for _, secret := range []string{"JWT_SECRET", "VAPI_WEBHOOK_SECRET", "VAPI_PRIVATE_KEY"} {
		require.NotContains(t, first.out.String(), values[secret], secret)
	}
	sourced := sourceInShell(t, home)
	for name, value := range values {
		require.Contains(t, sourced, name+"="+value+"\n", "a shell reads the file as we do")
	}

	t.Run("a second one in the same folder is refused", func(t *testing.T) {
		second := start(t, home)
		require.Error(t, <-second.exited)
		require.Contains(t, second.out.String(), "another `voxanne dev` runs in "+home)
	})
	t.Run("other commands find the instance", func(t *testing.T) {
		token := strings.TrimSpace(runCommand(t, home, "token", "--org", "harbor-skin", "--role", "staff"))
		status, _ := get(t, values["BACKEND_URL"]+"/api/orgs/validate/"+values["ORG_ID"], token)
		require.Equal(t, http.StatusForbidden, status, "another clinic's staff")
		require.Contains(t, runCommand(t, home, "seed"), "lakeside-dental")
	})
	first.interrupt(t)

	t.Run("second start is fast and keeps its values, also from a shell that read the file", func(t *testing.T) {
		again := start(t, home, strings.Split(strings.TrimSpace(sourced), "\n")...)
		kept, took := again.ready(t, home)
		require.Less(t, took, 5*time.Second)
		for _, name := range []string{"DATABASE_URL", "ADMIN_DATABASE_URL", "JWT_SECRET", "VAPI_WEBHOOK_SECRET", "VAPI_PRIVATE_KEY", "ORG_ID", "PORT"} {
			require.Equal(t, values[name], kept[name], name)
		}
		require.Contains(t, again.out.String(), "a private cluster", "its own database is not taken for the caller's")
		require.Contains(t, again.out.String(), "played    Vapi")
		validate(t, values) // the first start's token
		again.interrupt(t)
	})
}

func TestKilledDevBlocksNoStart(t *testing.T) {
	t.Parallel()
	home := newHome(t)
	early := start(t, home)
	early.says(t, "making local PostgreSQL") // initdb has begun
	early.kill(t)

	p := start(t, home)
	before, _ := p.ready(t, home)
	p.kill(t)

	again := start(t, home)
	after, took := again.ready(t, home)
	require.Less(t, took, 5*time.Second)
	require.Equal(t, before["ORG_ID"], after["ORG_ID"])
	validate(t, after)
	again.interrupt(t)
	address, err := net.Dial("tcp", strings.TrimPrefix(after["BACKEND_URL"], "http://"))
	if err == nil {
		address.Close()
	}
	require.ErrorIs(t, err, syscall.ECONNREFUSED)
}

func TestTakenPortIsSaidBeforeAnythingStarts(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "localhost:0")
	require.NoError(t, err)
	defer taken.Close()
	_, port, err := net.SplitHostPort(taken.Addr().String())
	require.NoError(t, err)
	home := newHome(t)
	p := start(t, home, "PORT="+port)
	require.Error(t, <-p.exited)
	require.Contains(t, p.out.String(), "port "+port+" is in use by another program")
	require.NoDirExists(t, filepath.Join(home, "pg"))
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
	path, err := binary()
	require.NoError(t, err)
	cmd := exec.Command(path, args...)
	cmd.Env = environ(home)
	out, err := cmd.Output()
	require.NoError(t, err, "%s", out)
	return string(out)
}
