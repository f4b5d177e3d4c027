package localpg

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// minMajor is the oldest PostgreSQL the schema runs on (security_invoker views,
// column lists in "on delete set null").
const minMajor = 15

// BinariesEnv names the folder of the programs that new clusters are made with, instead of the newest ones: the tests run on
// other versions so. Clusters that exist keep their own.
const BinariesEnv = "VOXANNE_TEST_POSTGRES"

// Binaries is the folder of the newest installed server's programs, or what [BinariesEnv] names.
func Binaries() (string, error) { return findBinaries("") }

// findBinaries is the folder with initdb, pg_ctl and postgres: of major when
// data of that version exist, else the newest.
func findBinaries(major string) (string, error) {
	if given := os.Getenv(BinariesEnv); given != "" && major == "" {
		if version, err := majorOf(given); err != nil || version < minMajor {
			return "", fmt.Errorf("%s=%s has no PostgreSQL %d or newer", BinariesEnv, given, minMajor)
		}
		return given, nil
	}
	found := map[int]string{}
	for _, dir := range binaryFolders() {
		version, err := majorOf(dir)
		if err != nil || version < minMajor {
			continue
		}
		if _, taken := found[version]; !taken {
			found[version] = dir
		}
	}
	if major != "" {
		version, err := strconv.Atoi(major)
		if err != nil {
			return "", fmt.Errorf("data of unknown version %q", major)
		}
		if dir, ok := found[version]; ok {
			return dir, nil
		}
		return "", fmt.Errorf("the data were made by PostgreSQL %s, which is not installed: install it or delete the folder", major)
	}
	versions := make([]int, 0, len(found))
	for version := range found {
		versions = append(versions, version)
	}
	if len(versions) == 0 {
		return "", fmt.Errorf("no PostgreSQL %d or newer found: run `make setup`", minMajor)
	}
	sort.Ints(versions)
	return found[versions[len(versions)-1]], nil
}

// binaryFolders lists where a server's programs may be: what [BinariesEnv] names, then PATH.
func binaryFolders() []string {
	var dirs []string
	if given := os.Getenv(BinariesEnv); given != "" {
		dirs = append(dirs, given)
	}
	if path, err := exec.LookPath("initdb"); err == nil {
		// Followed, because a link may stand alone, without its fellows.
		if path, err = filepath.EvalSymlinks(path); err == nil {
			dirs = append(dirs, filepath.Dir(path))
		}
	}
	for _, pattern := range []string{
		"/usr/lib/postgresql/*/bin",
		"/usr/pgsql-*/bin",
		"/opt/homebrew/opt/postgresql@*/bin",
		"/usr/local/opt/postgresql@*/bin",
		"/usr/local/pgsql/bin",
	} {
		matches, _ := filepath.Glob(pattern) // the patterns are well-formed
		dirs = append(dirs, matches...)
	}
	return dirs
}

// majorOf asks a folder's server for its major version; pg_ctl must be there too.
func majorOf(dir string) (int, error) {
	if _, err := os.Stat(filepath.Join(dir, "pg_ctl")); err != nil {
		return 0, err
	}
	out, err := exec.Command(filepath.Join(dir, "postgres"), "--version").Output()
	if err != nil {
		return 0, err
	}
	fields := strings.Fields(string(out)) // postgres (PostgreSQL) 15.20 (Debian …)
	if len(fields) < 3 {
		return 0, fmt.Errorf("unknown version %q", out)
	}
	return strconv.Atoi(strings.TrimRight(strings.SplitN(fields[2], ".", 2)[0], "abcdefghijklmnopqrstuvwxyz"))
}

// postmaster is the process id of this cluster's running server, 0 when none
// runs. A pid file that names an unrelated process (the number was given out
// again) is removed, because PostgreSQL would refuse to start over it.
func (c *Cluster) postmaster() int {
	path := filepath.Join(c.DataDir(), "postmaster.pid")
	text, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	pid, err := strconv.Atoi(strings.TrimSpace(strings.SplitN(string(text), "\n", 2)[0]))
	if err != nil || pid <= 0 || errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
		return 0
	}
	if c.isOurs(pid) {
		return pid
	}
	if err := os.Remove(path); err != nil {
		return pid
	}
	return 0
}

// killOrphan ends a server whose data are about to be deleted, and waits for it.
func (c *Cluster) killOrphan(ctx context.Context) error {
	pid := c.postmaster()
	if pid == 0 {
		return nil
	}
	c.log.InfoContext(ctx, "stopping local PostgreSQL of a deleted folder", "data", c.DataDir())
	if err := syscall.Kill(pid, syscall.SIGQUIT); err != nil { // immediate shutdown
		return fmt.Errorf("stop the server of a deleted folder: %w", err)
	}
	for c.postmaster() != 0 {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
	return nil
}

// isOurs says whether a process serves this cluster's data. Only Linux has /proc.
func (c *Cluster) isOurs(pid int) bool {
	if _, err := os.Stat("/proc/self/cwd"); err == nil {
		cwd, err := os.Readlink(fmt.Sprintf("/proc/%d/cwd", pid))
		return err == nil && cwd == c.DataDir()
	}
	out, err := exec.Command("ps", "-p", strconv.Itoa(pid), "-o", "command=").Output()
	return err != nil || strings.Contains(string(out), c.DataDir())
}

func portIsFree(port int) bool {
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return false
	}
	return l.Close() == nil
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("find a free port: %w", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

// lockFile takes an exclusive lock between processes; it ends with the process.
func lockFile(ctx context.Context, path string) (unlock func(), err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	for {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return func() { file.Close() }, nil
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			file.Close()
			return nil, err
		}
		select {
		case <-ctx.Done():
			file.Close()
			return nil, ctx.Err()
		case <-time.After(50 * time.Millisecond):
		}
	}
}
