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
// settings may stand in the URL. Of the default_query_exec_modes exec and
// simple_protocol cannot send every parameter ([]uuid.UUID).
func Open(ctx context.Context, url string, options ...Option) (*DB, error) {
	config, err := poolConfig(url, options...)
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

// Option changes how Open connects.
type Option func(*pgxpool.Config)

// ThroughPooler is for a url that leads through a pooler in transaction mode (PgBouncer, Supavisor): the next transaction runs
// on another connection of the server, so nothing may be left on one. pgx then keeps no prepared statements; another
// default_query_exec_mode of the URL stays. Sessions' other means, LISTEN and session locks, are used by nothing that Open serves.
func ThroughPooler() Option {
	return func(config *pgxpool.Config) {
		if config.ConnConfig.DefaultQueryExecMode == pgx.QueryExecModeCacheStatement { // pgx's own choice
			// Not QueryExecModeExec: it guesses the types of parameters from Go's, and finds none for []uuid.UUID.
			config.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeCacheDescribe
		}
	}
}

// poolConfig reads url and fills in what it does not say.
func poolConfig(url string, options ...Option) (*pgxpool.Config, error) {
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
	for _, option := range options {
		option(config)
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

// Connections is how many the pool has at most.
func (d *DB) Connections() int { return int(d.pool.Config().MaxConns) }

// Ping asks whether the database answers.
func (d *DB) Ping(ctx context.Context) error { return d.pool.Ping(ctx) }

// Stat is how the connections do, for metrics.
func (d *DB) Stat() *pgxpool.Stat { return d.pool.Stat() }

// Tx is a transaction of one tenant with the generated queries on it. The
// organisation is set; its rows are all that can be seen.
type Tx struct {
	*Queries
	last *pgx.Batch
}

// AnswerDeliveryAtCommit does what AnswerDelivery does, in the round trip of the commit: when it fails, nothing is
// committed, and the transaction's error says so. A caller waits for every round trip of a booking.
func (tx Tx) AnswerDeliveryAtCommit(arg AnswerDeliveryParams) {
	tx.last.Queue(answerDelivery, arg.VapiCallID, arg.Kind, arg.Key, arg.Answer)
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
	conn, err := d.acquire(ctx)
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
	if parent := transactionTrace(ctx); parent != "" {
		batch.Queue(nameTrace, parent)
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

	tx := Tx{Queries: New(conn), last: &pgx.Batch{}}
	if err := fn(tx); err != nil {
		return err
	}
	return commit(ctx, conn, tx.last)
}

// timeToWork is what waiting for a connection leaves of a request's time, or half of it where that is less.
const timeToWork = 2 * time.Second

// acquire gets a connection while ctx still leaves time to use it. Who gets one later is cut off in the middle of their
// work, and their connection is lost with it. The next one is slow, for its server process has planned nothing yet, so that
// more are cut off: an overload of some seconds would not end by itself.
func (d *DB) acquire(ctx context.Context) (*pgxpool.Conn, error) {
	if deadline, limited := ctx.Deadline(); limited {
		left := time.Until(deadline)
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, max(left/2, left-timeToWork))
		defer cancel()
	}
	return d.pool.Acquire(ctx)
}

// commit runs what was left for the end and commits, in one round trip.
func commit(ctx context.Context, conn *pgxpool.Conn, last *pgx.Batch) (err error) {
	var tag pgconn.CommandTag
	if last.Len() == 0 {
		tag, err = conn.Exec(ctx, "commit")
	} else {
		tag, err = commitAfter(ctx, conn, last)
	}
	if err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	if tag.String() != "COMMIT" {
		// A statement failed and fn went on: PostgreSQL answers such a commit with a rollback, not with an error.
		return ErrRolledBack
	}
	return nil
}

// commitAfter sends statements and the commit together. The tag is the commit's, or of what failed.
func commitAfter(ctx context.Context, conn *pgxpool.Conn, last *pgx.Batch) (tag pgconn.CommandTag, err error) {
	last.Queue("commit")
	results := conn.SendBatch(ctx, last)
	for range last.Len() {
		if tag, err = results.Exec(); err != nil {
			break
		}
	}
	if closeErr := results.Close(); err == nil {
		err = closeErr
	}
	return tag, err
}

// hasState says whether err carries the SQLSTATE.
func hasState(err error, state string) bool {
	var pgErr *pgconn.PgError
	return errors.As(err, &pgErr) && pgErr.Code == state
}
