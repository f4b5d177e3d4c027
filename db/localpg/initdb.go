package localpg

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// pgHBA asks everybody for the password, on the socket too: the socket's folder
// is closed to others, but the server's user may run other things.
const pgHBA = `local all all scram-sha-256
host all all 127.0.0.1/32 scram-sha-256
`

// logSettings keep row values out of the log. Errors are not logged at all
// (log ranks above error there): their texts quote input, and the client has them.
const logSettings = `log_min_messages = log
log_error_verbosity = terse
log_min_error_statement = panic
log_parameter_max_length = 0
log_parameter_max_length_on_error = 0
log_statement = none
log_duration = off
log_min_duration_statement = -1
log_min_duration_sample = -1
log_transaction_sample_rate = 0
log_connections = off
log_disconnections = off
log_lock_waits = off
log_autovacuum_min_duration = -1
log_checkpoints = off
log_timezone = 'UTC'
`

const fastSettings = `fsync = off
synchronous_commit = off
full_page_writes = off
wal_level = minimal
max_wal_senders = 0
max_connections = 200
`

// ownerPassword reads the superuser's password, or makes one.
func (c *Cluster) ownerPassword() (string, error) {
	path := filepath.Join(c.dir, "owner-password")
	text, err := os.ReadFile(path)
	if err == nil {
		return strings.TrimSpace(string(text)), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	if dataMajor(c.DataDir()) != "" {
		return "", fmt.Errorf("%s is gone, but %s has data: restore the one or delete the other", path, c.DataDir())
	}
	password := rand.Text()
	return password, os.WriteFile(path, []byte(password+"\n"), 0o600)
}

// initialise runs initdb once. It works beside the final place, so that a
// starter killed half-way leaves nothing that looks like a cluster.
func (c *Cluster) initialise(ctx context.Context) error {
	if dataMajor(c.DataDir()) != "" {
		return nil
	}
	unfinished := c.DataDir() + ".new"
	if err := os.RemoveAll(unfinished); err != nil {
		return err
	}
	passwordFile := filepath.Join(c.state, "initdb-password")
	defer os.Remove(passwordFile)
	if err := c.as.writeFile(passwordFile, c.password+"\n"); err != nil {
		return err
	}
	c.log.InfoContext(ctx, "making local PostgreSQL", "data", c.DataDir())
	var out string
	var err error
	for _, locale := range locales() {
		out, err = c.as.run(ctx, filepath.Join(c.bin, "initdb"), "-D", unfinished, "-U", Owner,
			"--pwfile", passwordFile, "--auth=scram-sha-256", "-E", "UTF8", "--locale", locale, "--no-sync")
		if err == nil {
			break
		}
	}
	if err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	if err := c.as.writeFile(filepath.Join(unfinished, "pg_hba.conf"), pgHBA); err != nil {
		return err
	}
	return os.Rename(unfinished, c.DataDir())
}

// locales are tried in order; macOS has no C.UTF-8 that initdb takes.
func locales() []string {
	if runtime.GOOS == "darwin" {
		return []string{"C"}
	}
	return []string{"C.UTF-8", "C"}
}

// writeSettings writes the settings of the next start over those of the last.
func (c *Cluster) writeSettings() error {
	if err := c.as.makeDir(c.SocketDir()); err != nil {
		return err
	}
	text := fmt.Sprintf("# Written at every start.\nport = %d\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = '%s'\ntimezone = 'UTC'\n",
		c.port, strings.ReplaceAll(c.SocketDir(), "'", "''"))
	if c.fast {
		text += fastSettings
	}
	return c.as.writeFile(filepath.Join(c.DataDir(), "postgresql.auto.conf"), text+logSettings)
}

// dataMajor is the major version of a data folder, "" when there is none.
func dataMajor(data string) string {
	text, err := os.ReadFile(filepath.Join(data, "PG_VERSION"))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}
