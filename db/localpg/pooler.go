package localpg

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
)

// poolerTimeout bounds the start of a pooler, which takes milliseconds on an idle machine.
const poolerTimeout = 20 * time.Second

// PoolerOptions says which role of which server is reached through a pooler.
type PoolerOptions struct {
	// Server is the address of a role on the server, with its password.
	Server string
	// Connections is how many the pooler opens to the server for all its clients together, which wait for one.
	Connections int
}

// Pooler is a PgBouncer in transaction mode, for trying what a pooler changes. It ends with the process that started it.
// Its owner calls its methods one at a time.
type Pooler struct {
	binary  string
	folder  string
	address url.URL
	as      *serverUser
	running *exec.Cmd
	hold    io.Closer // PgBouncer is killed when it closes
}

// StartPooler starts a PgBouncer on a free port of this machine and returns when the server can be reached through it.
// Remove ends it. An error says when the program is not installed.
func StartPooler(ctx context.Context, o PoolerOptions) (_ *Pooler, err error) {
	p := &Pooler{}
	if p.binary, err = findPgBouncer(); err != nil {
		return nil, err
	}
	if p.as, err = newServerUser(); err != nil { // PgBouncer refuses to run as root as well
		return nil, err
	}
	server, err := pgx.ParseConfig(o.Server)
	if err != nil {
		return nil, errors.New("pooler: the server's address cannot be read") // pgx's own error repeats it
	}
	port, err := freePort()
	if err != nil {
		return nil, fmt.Errorf("pooler: %w", err)
	}
	p.address = url.URL{Scheme: "postgres", User: url.UserPassword(server.User, server.Password),
		Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), Path: "/" + server.Database, RawQuery: "sslmode=disable"}
	if err := p.configure(server, port, o.Connections); err != nil {
		return nil, errors.Join(fmt.Errorf("pooler: %w", err), p.Remove())
	}
	if err := p.Start(ctx); err != nil {
		return nil, errors.Join(err, p.Remove())
	}
	return p, nil
}

// findPgBouncer looks also where Debian keeps it, which only root has in its PATH.
func findPgBouncer() (string, error) {
	for _, name := range []string{"pgbouncer", "/usr/sbin/pgbouncer"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", errors.New("pgbouncer is not installed: run db/localpg/setup.sh --tests")
}

// configure writes PgBouncer's two files into a folder of its own.
func (p *Pooler) configure(server *pgx.ConnConfig, port, connections int) (err error) {
	// Not os.TempDir, which the pooler's user may not be able to enter.
	if p.folder, err = os.MkdirTemp("/tmp", "voxanne-pooler-"); err != nil {
		return err
	}
	if err := os.Lchown(p.folder, p.as.uid, p.as.gid); err != nil {
		return err
	}
	settings := fmt.Sprintf(`[databases]
* = host=%s port=%d
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = %d
unix_socket_dir =
auth_type = scram-sha-256
auth_file = %s
pool_mode = transaction
default_pool_size = %d
max_client_conn = 500
logfile = %s
`, server.Host, server.Port, port, p.file("users"), connections, p.file("log"))
	if err := p.as.writeFile(p.file("ini"), settings); err != nil {
		return err
	}
	return p.as.writeFile(p.file("users"), fmt.Sprintf("%q %q\n", server.User, server.Password))
}

func (p *Pooler) file(name string) string { return filepath.Join(p.folder, "pgbouncer."+name) }

// URL is the server's address through the pooler.
func (p *Pooler) URL() string { return p.address.String() }

// Start starts it again after Kill, on the same port.
func (p *Pooler) Start(ctx context.Context) error {
	// The shell outlives nobody: when we go, in whatever way, its input ends.
	cmd := p.as.command(context.WithoutCancel(ctx), "/bin/sh", "-c", `"$0" --quiet "$1" & read -r _; kill -9 $!; wait $!`, p.binary, p.file("ini"))
	hold, err := cmd.StdinPipe()
	if err != nil {
		return fmt.Errorf("pooler: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("pooler: start it: %w", err)
	}
	p.running, p.hold = cmd, hold
	if err := p.answers(ctx); err != nil {
		said, _ := os.ReadFile(p.file("log")) // without a log there is nothing to say
		return errors.Join(fmt.Errorf("pooler: it does not let anybody through: %w: %s", err, said), p.Kill())
	}
	return nil
}

// answers waits until the server was reached through it.
func (p *Pooler) answers(ctx context.Context) (err error) {
	ctx, cancel := context.WithTimeout(ctx, poolerTimeout)
	defer cancel()
	for {
		var conn *pgx.Conn
		if conn, err = pgx.Connect(ctx, p.URL()); err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Kill ends it without a word to its clients. One that does not run is no error.
func (p *Pooler) Kill() error {
	if p.running == nil {
		return nil
	}
	err := p.hold.Close()
	_ = p.running.Wait() // the shell's status is the killed one's
	p.running = nil
	return err
}

// Remove ends it and deletes its files, among them a password.
func (p *Pooler) Remove() error { return errors.Join(p.Kill(), os.RemoveAll(p.folder)) }
