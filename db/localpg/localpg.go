// Package localpg starts and stops a private PostgreSQL cluster for development
// and tests. It never touches the system's own cluster: data, log, port,
// socket and password all belong to one folder.
//
// The server outlives the process that started it, so a second start is a
// connection check. A cluster is stopped only by Stop.
package localpg

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// Owner is the cluster's superuser role.
const Owner = "voxanne_owner"

// startTimeout bounds a start including crash recovery.
const startTimeout = 60 * time.Second

// Options says where a cluster lives and how it behaves.
type Options struct {
	// Dir keeps the cluster's password, port and, where the server's user can
	// enter it, the data. It is made when missing.
	Dir string
	// Port is the loopback TCP port; 0 chooses a free one and remembers it in Dir.
	Port int
	// Fast gives up durability (no fsync) and allows more connections. For tests.
	Fast bool
	// Log hears what is done; nil is silence.
	Log *slog.Logger
}

// Cluster is a running private cluster.
type Cluster struct {
	dir      string
	state    string // holds data, log and (when the path is short enough) socket
	pointed  bool   // state lies elsewhere, and pointerFile in dir names it
	bin      string
	port     int
	password string
	as       *serverUser
	fast     bool
	log      *slog.Logger
}

// Start makes the cluster in o.Dir if there is none, starts it if it does not
// run, and returns when it accepts connections. Any number of processes may
// call it at once. Errors name what to install or the log file to read.
func Start(ctx context.Context, o Options) (*Cluster, error) {
	dir, err := filepath.Abs(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("local PostgreSQL: %w", err)
	}
	// Traversable by the server's user; what is secret in it has its own mode.
	if err := os.MkdirAll(dir, 0o711); err != nil {
		return nil, fmt.Errorf("local PostgreSQL: make its folder: %w", err)
	}
	unlock, err := lockFile(ctx, filepath.Join(dir, "lock"))
	if err != nil {
		return nil, fmt.Errorf("local PostgreSQL: wait for another starter: %w", err)
	}
	defer unlock()

	c := &Cluster{dir: dir, fast: o.Fast, log: o.Log}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	if err := c.prepare(ctx); err != nil {
		return nil, fmt.Errorf("local PostgreSQL in %s: %w", dir, err)
	}
	if err := c.ensureRunning(ctx, o.Port); err != nil {
		return nil, fmt.Errorf("local PostgreSQL in %s: %w", dir, err)
	}
	return c, nil
}

// OwnerURL is the superuser's connection string for a database, over loopback TCP.
func (c *Cluster) OwnerURL(database string) string {
	u := url.URL{
		Scheme:   "postgres",
		User:     url.UserPassword(Owner, c.password),
		Host:     fmt.Sprintf("127.0.0.1:%d", c.port),
		Path:     "/" + database,
		RawQuery: "sslmode=disable",
	}
	return u.String()
}

// Port is the loopback TCP port.
func (c *Cluster) Port() int { return c.port }

// BinDir is the folder of the server's programs (psql, pg_dump, pgbench, …).
func (c *Cluster) BinDir() string { return c.bin }

// LogFile is the server's log. It holds no row values, see settings.
func (c *Cluster) LogFile() string { return filepath.Join(c.state, "log") }

// DataDir is the data folder; only the server's user can read it.
func (c *Cluster) DataDir() string { return filepath.Join(c.state, "data") }

// Stop shuts the cluster down, ending its connections. A cluster that does not run is no error.
func (c *Cluster) Stop(ctx context.Context) error {
	unlock, err := lockFile(ctx, filepath.Join(c.dir, "lock"))
	if err != nil {
		return fmt.Errorf("local PostgreSQL: wait for a starter: %w", err)
	}
	defer unlock()
	return c.stop(ctx, "fast")
}

// Remove stops the cluster and deletes its data, log and password, also where
// they lie outside its folder.
func (c *Cluster) Remove(ctx context.Context) error {
	unlock, err := lockFile(ctx, filepath.Join(c.dir, "lock"))
	if err != nil {
		return fmt.Errorf("local PostgreSQL: wait for a starter: %w", err)
	}
	defer unlock()
	if err := c.stop(ctx, "fast"); err != nil {
		return err
	}
	for _, path := range []string{c.SocketDir(), c.state, filepath.Join(c.dir, pointerFile), filepath.Join(c.dir, "port"), filepath.Join(c.dir, "owner-password")} {
		err = errors.Join(err, os.RemoveAll(path))
	}
	return err
}

// Stop shuts down the cluster of a folder without starting it first. A folder
// without a cluster is no error.
func Stop(ctx context.Context, dir string) error {
	c, err := found(dir)
	if c == nil || err != nil {
		return err
	}
	return c.Stop(ctx)
}

// Remove is Cluster.Remove for the cluster of a folder, without starting it
// first. A folder without a cluster is no error.
func Remove(ctx context.Context, dir string) error {
	c, err := found(dir)
	if c == nil || err != nil {
		return err
	}
	return c.Remove(ctx)
}

// found is the cluster of a folder, nil when there is none.
func found(dir string) (*Cluster, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(dir, "owner-password")); err != nil {
		return nil, nil
	}
	c := &Cluster{dir: dir, log: slog.New(slog.DiscardHandler)}
	if err := c.find(); err != nil {
		return nil, fmt.Errorf("local PostgreSQL in %s: %w", dir, err)
	}
	return c, nil
}

// stop ends the server in a mode of pg_ctl and waits until it is gone.
func (c *Cluster) stop(ctx context.Context, mode string) error {
	if pid := c.postmaster(); pid == 0 {
		return nil
	}
	out, err := c.as.run(ctx, filepath.Join(c.bin, "pg_ctl"), "stop", "-D", c.DataDir(), "-m", mode, "-w", "-t", "60")
	if err != nil && c.postmaster() != 0 {
		return fmt.Errorf("stop local PostgreSQL: %w: %s", err, out)
	}
	return nil
}

// prepare finds the programs, the folders and the password, and runs initdb once.
func (c *Cluster) prepare(ctx context.Context) error {
	err := c.locate()
	if err != nil {
		return err
	}
	if err := c.makeState(ctx); err != nil {
		return err
	}
	if c.bin, err = findBinaries(dataMajor(c.DataDir())); err != nil {
		return err
	}
	if c.password, err = c.ownerPassword(); err != nil {
		return err
	}
	return c.initialise(ctx)
}

// find says where the data and the programs of a cluster are that exists.
func (c *Cluster) find() error {
	err := c.locate()
	if err != nil {
		return err
	}
	c.bin, err = findBinaries(dataMajor(c.DataDir()))
	return err
}

// locate says whom the server runs as and where its data are or will be.
func (c *Cluster) locate() error {
	var err error
	if c.as, err = newServerUser(); err != nil {
		return err
	}
	c.state, c.pointed = c.as.stateDir(c.dir)
	return nil
}

// makeState makes the folder of data and log. Where it lies outside our folder
// and nothing in ours names it, what is in it was left by a checkout that was
// deleted: its password is gone, so it is stopped and replaced.
func (c *Cluster) makeState(ctx context.Context) error {
	if err := c.as.makeDir(c.state); err != nil {
		return err
	}
	if c.pointed || filepath.Dir(c.state) == c.dir {
		return nil
	}
	if err := c.killOrphan(ctx); err != nil {
		return err
	}
	if err := os.RemoveAll(c.state); err != nil {
		return err
	}
	if err := c.as.makeDir(c.state); err != nil {
		return err
	}
	c.pointed = true
	return os.WriteFile(filepath.Join(c.dir, pointerFile), []byte(c.state+"\n"), 0o644)
}

// ensureRunning reuses a server that answers, else starts one. A killed
// postmaster's children may hold the shared memory for a moment, and a port
// may be taken between choosing and binding, so starting is tried again.
func (c *Cluster) ensureRunning(ctx context.Context, wantPort int) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()

	c.port = c.rememberedPort()
	if c.port != 0 && c.answers(ctx) == nil {
		if wantPort == 0 || wantPort == c.port {
			return nil
		}
		if err := c.stop(ctx, "fast"); err != nil {
			return err
		}
	}
	var lastErr error
	for ctx.Err() == nil {
		if lastErr = c.startOnce(ctx, wantPort); lastErr == nil {
			return nil
		}
		if errors.Is(lastErr, errForeignPort) {
			return lastErr
		}
		c.log.DebugContext(ctx, "local PostgreSQL did not start, trying again", "error", lastErr)
		select {
		case <-ctx.Done():
		case <-time.After(250 * time.Millisecond):
		}
	}
	return fmt.Errorf("did not start, see %s: %w", c.LogFile(), lastErr)
}

var errForeignPort = errors.New("port is in use by another program")

// startOnce starts the server on the wanted, the remembered or a free port.
func (c *Cluster) startOnce(ctx context.Context, wantPort int) error {
	if c.postmaster() != 0 { // a server that recovers or is on its way: ask it again
		return c.answers(ctx)
	}
	port := wantPort
	if port == 0 {
		port = c.rememberedPort()
	}
	if port == 0 || !portIsFree(port) {
		if wantPort != 0 {
			return fmt.Errorf("%d: %w", wantPort, errForeignPort)
		}
		var err error
		if port, err = freePort(); err != nil {
			return err
		}
	}
	c.port = port
	if err := c.writeSettings(); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(c.dir, "port"), []byte(strconv.Itoa(port)), 0o644); err != nil {
		return err
	}
	c.log.InfoContext(ctx, "starting local PostgreSQL", "dir", c.dir, "port", port)
	out, err := c.as.run(ctx, filepath.Join(c.bin, "pg_ctl"), "start", "-D", c.DataDir(), "-l", c.LogFile(), "-w", "-t", "30", "-s")
	if err != nil {
		return fmt.Errorf("pg_ctl: %w: %s", err, out)
	}
	return c.answers(ctx)
}

// answers is nil when the server at our port takes our password and has our
// data: a pid file alone may be stale, and a port may be somebody else's.
func (c *Cluster) answers(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	conn, err := pgx.Connect(ctx, c.OwnerURL("postgres"))
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var data string
	if err := conn.QueryRow(ctx, "show data_directory").Scan(&data); err != nil {
		return err
	}
	if data != c.DataDir() {
		return fmt.Errorf("port %d is served from %s", c.port, data)
	}
	return nil
}

// rememberedPort is the port of the last start, 0 when there was none.
func (c *Cluster) rememberedPort() int {
	text, err := os.ReadFile(filepath.Join(c.dir, "port"))
	if err != nil {
		return 0
	}
	port, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0
	}
	return port
}
