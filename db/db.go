// Package db is the typed way to the database: generated queries, and
// transactions that always run as one tenant.
package db

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// SQLSTATEs that our functions raise; server/funnel.go maps them to answers.
const (
	StateBadInput  = "VX400"
	StateNoMember  = "VX401"
	StateForbidden = "VX403"
	StateNotFound  = "VX404"
	StateConflict  = "VX409"
	StateBusy      = "VX503"
)

var (
	// ErrNotMember says that the person is no member of the organisation in their token, or not any more.
	ErrNotMember = errors.New("not a member of this organisation")
	// ErrUnknownTenant says that none of an envelope's identifiers belongs to a tenant.
	ErrUnknownTenant = errors.New("the call belongs to no tenant")
	// ErrTenantConflict says that an envelope's identifiers name two tenants.
	ErrTenantConflict = errors.New("the call's identifiers name two tenants")
	// ErrRolledBack says that a statement had failed, so that there was nothing to commit.
	ErrRolledBack = errors.New("commit: the transaction had failed and was rolled back")
)

// DB is a pool of connections as voxanne_login, which may do nothing itself
// but begin a request. It is safe for concurrent use.
type DB struct {
	pool *pgxpool.Pool
}

// minConns is how many connections a pool has at least when its URL does not
// say: pgx's own default, the number of processors, starves calls behind reports.
const minConns = 16

// Open connects to the database of url (as voxanne_login) and checks that it
// answers. Close releases the connections. pool_max_conns and pgx's other
// settings may stand in the URL; every default_query_exec_mode works.
func Open(ctx context.Context, url string) (*DB, error) {
	config, err := poolConfig(url)
	if err != nil {
		// The parser's error repeats the URL, and with it the password.
		return nil, errors.New("DATABASE_URL is not a PostgreSQL URL: postgres://user:password@host:port/database")
	}
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("make the connection pool: %w", err)
	}
	if err := pool.Ping(ctx); err != nil {
		pool.Close()
		return nil, fmt.Errorf("reach the database: %w", err)
	}
	return &DB{pool: pool}, nil
}

// poolConfig reads url and fills in what it does not say.
func poolConfig(url string) (*pgxpool.Config, error) {
	said, err := pgx.ParseConfig(url) // keeps the pool's own settings among the runtime parameters
	if err != nil {
		return nil, err
	}
	config, err := pgxpool.ParseConfig(url)
	if err != nil {
		return nil, err
	}
	if _, chosen := said.RuntimeParams["pool_max_conns"]; !chosen && config.MaxConns < minConns {
		config.MaxConns = minConns
	}
	config.MaxConnLifetimeJitter = time.Minute
	if !namesParameter(config.ConnConfig.RuntimeParams, "timezone") {
		// Where pgx does not ask for a parameter's type, a date travels as a
		// timestamptz, whose cast to date depends on the session's zone.
		config.ConnConfig.RuntimeParams["timezone"] = "UTC"
	}
	return config, nil
}

// namesParameter finds a server setting, whose name has no case.
func namesParameter(params map[string]string, name string) bool {
	for key := range params {
		if strings.EqualFold(key, name) {
			return true
		}
	}
	return false
}

// Close waits for the connections in use and closes all of them.
func (d *DB) Close() { d.pool.Close() }

// Ping asks whether the database answers.
func (d *DB) Ping(ctx context.Context) error { return d.pool.Ping(ctx) }

// Tx is a transaction of one tenant with the generated queries on it. The
// organisation is set; its rows are all that can be seen.
type Tx struct {
	*Queries
}

// Member is who a dashboard request acts as, as the database sees it now.
type Member struct {
	OrgID  uuid.UUID
	UserID uuid.UUID
	// Role is owner, admin, staff or viewer.
	Role string
}

// Platform gives the few queries that belong to no tenant, as the login role.
func (d *DB) Platform() *Queries { return New(d.pool) }

// requestIDKey is under which a context holds the id of the HTTP request that it belongs to.
type requestIDKey struct{}

// WithRequestID is ctx for what an HTTP request does: audit_log then says by which request each thing was done. id is the
// request's, of at most 64 characters; an empty one names nothing.
func WithRequestID(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, requestIDKey{}, id)
}

// begin opens a transaction in the same round trip as its first statement and
// scans that statement's row; fn then runs in it. Any error rolls back.
func (d *DB) begin(ctx context.Context, first string, args []any, scan func(pgx.Row) error, fn func(Tx) error) (err error) {
	conn, err := d.pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("get a database connection: %w", err)
	}
	// A connection still in a transaction is thrown away by the pool, so a failed rollback leaks nothing.
	defer conn.Release()
	defer func() {
		if err != nil {
			rollback, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
			defer cancel()
			_, _ = conn.Exec(rollback, "rollback")
		}
	}()

	batch := &pgx.Batch{}
	batch.Queue("begin")
	if id, _ := ctx.Value(requestIDKey{}).(string); id != "" {
		batch.Queue(nameRequest, id)
	}
	batch.Queue(first, args...)
	results := conn.SendBatch(ctx, batch)
	for range batch.Len() - 1 {
		if _, err = results.Exec(); err != nil {
			break
		}
	}
	if err == nil {
		err = scan(results.QueryRow())
	}
	if closeErr := results.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return fmt.Errorf("begin the transaction: %w", err)
	}

	if err := fn(Tx{Queries: New(conn)}); err != nil {
		return err
	}
	tag, err := conn.Exec(ctx, "commit")
	if err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	if tag.String() != "COMMIT" {
		// A statement failed and fn went on: PostgreSQL answers such a commit with a rollback, not with an error.
		return ErrRolledBack
	}
	return nil
}

// hasState says whether err carries the SQLSTATE.
func hasState(err error, state string) bool {
	var pgErr *pgconn.PgError
	return errors.As(err, &pgErr) && pgErr.Code == state
}
