package localpg

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// socketLimit is the length of the socket's folder that leaves room for the
// file's name: the kernel takes 107 bytes in all (103 on macOS).
const socketLimit = 80

// pointerFile in a cluster's folder names the place of data that lie elsewhere.
const pointerFile = "server-elsewhere"

// serverUser is whom the server runs as. PostgreSQL refuses to run as root,
// so root lends it an unprivileged user.
type serverUser struct {
	uid, gid int
	lent     bool // we are root, and the server is somebody else
}

// newServerUser is us, or for root the user postgres, else nobody.
func newServerUser() (*serverUser, error) {
	if os.Geteuid() != 0 {
		return &serverUser{uid: os.Geteuid(), gid: os.Getegid()}, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err := strconv.Atoi(u.Uid)
		if err != nil {
			continue
		}
		gid, err := strconv.Atoi(u.Gid)
		if err != nil {
			continue
		}
		return &serverUser{uid: uid, gid: gid, lent: true}, nil
	}
	return nil, errors.New("PostgreSQL does not run as root, and there is no user postgres or nobody to lend it")
}

// command prepares a program to run as the server's user, with an environment
// in which no PG* variable of the caller can point it elsewhere.
func (u *serverUser) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = "/"
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "LC_ALL=C", "TZ=UTC"}
	if u.lent {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(u.uid), Gid: uint32(u.gid)}}
	}
	return cmd
}

// run waits for a program and returns the end of what it said.
func (u *serverUser) run(ctx context.Context, name string, args ...string) (string, error) {
	out, err := u.command(ctx, name, args...).CombinedOutput()
	text := strings.TrimSpace(string(out))
	if len(text) > 2000 {
		text = text[len(text)-2000:]
	}
	return text, err
}

// canEnter says whether the server's user can go into a folder. Modes alone do
// not tell (parents, ACLs, mounts), so it is tried.
func (u *serverUser) canEnter(dir string) bool {
	cmd := u.command(context.Background(), "/bin/sh", "-c", "exit 0")
	cmd.Dir = dir
	return cmd.Run() == nil
}

// stateDir is where data and log lie or are to lie: dir/server, or, when the
// server's user cannot reach that, a folder in /var/tmp. pointed says that
// pointerFile names it.
func (u *serverUser) stateDir(dir string) (state string, pointed bool) {
	if text, err := os.ReadFile(filepath.Join(dir, pointerFile)); err == nil {
		return strings.TrimSpace(string(text)), true
	}
	if !u.lent || u.canEnter(dir) {
		return filepath.Join(dir, "server"), false
	}
	return filepath.Join("/var/tmp", "voxanne-"+shortHash(dir)), false
}

// makeDir makes a folder that only the server's user can enter. One that is
// already there must be its own: a name in a shared folder can be guessed.
func (u *serverUser) makeDir(path string) error {
	if err := os.Mkdir(path, 0o700); err == nil {
		return os.Lchown(path, u.uid, u.gid)
	} else if !errors.Is(err, fs.ErrExist) {
		return err
	}
	info, err := os.Lstat(path)
	if err != nil {
		return err
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok || !info.IsDir() || (int(stat.Uid) != u.uid && int(stat.Uid) != os.Geteuid()) {
		return fmt.Errorf("%s belongs to somebody else", path)
	}
	// A starter killed between mkdir and chown left it ours.
	return os.Lchown(path, u.uid, u.gid)
}

// writeFile writes a file that only the server's user can read.
func (u *serverUser) writeFile(path, text string) error {
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return err
	}
	return os.Lchown(path, u.uid, u.gid)
}

// SocketDir is the folder of the unix socket, which only the server's user and root can enter.
func (c *Cluster) SocketDir() string {
	if dir := filepath.Join(c.state, "socket"); len(dir) <= socketLimit {
		return dir
	}
	// Not os.TempDir: starters with different TMPDIR must agree, and a test's may be as long.
	return filepath.Join("/tmp", "voxanne-"+shortHash(c.state))
}

func shortHash(text string) string {
	sum := sha256.Sum256([]byte(text))
	return fmt.Sprintf("%x", sum[:6])
}
