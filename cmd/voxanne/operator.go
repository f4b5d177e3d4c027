package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server"
)

// unaskedError: the database or a provider could not be asked, so that the answer is not known.
type unaskedError struct{ cause error }

func (e *unaskedError) Error() string { return e.cause.Error() }

func (e *unaskedError) Unwrap() error { return e.cause }

// unasked marks an error of asking; nil stays nil.
func unasked(doing string, err error) error {
	if err == nil {
		return nil
	}
	return &unaskedError{fmt.Errorf("%s: %w", doing, err)}
}

// operator is what the operators' commands work with: the configured instance, its database as its owner, who sees all
// clinics, and as the service, which changes what belongs to one.
type operator struct {
	process
	cfg   server.Config
	conn  *pgx.Conn   // the owner's, for a transaction of its own
	owner *db.Queries // on conn
	db    *db.DB
	close func()
}

// newOperator reaches the database of the configured instance both ways. All its errors are unasked.
func newOperator(ctx context.Context, p process) (*operator, error) {
	cfg, err := operatorConfig(p)
	if err != nil {
		return nil, &unaskedError{err}
	}
	if cfg.AdminDatabaseURL == "" {
		return nil, &unaskedError{errors.New("ADMIN_DATABASE_URL is not set: clinics are looked up as the owner of the database")}
	}
	config, err := pgx.ParseConfig(string(cfg.AdminDatabaseURL))
	if err != nil { // whose text may repeat the password
		return nil, &unaskedError{errors.New("ADMIN_DATABASE_URL is not a PostgreSQL URL: postgres://user:password@host:port/database")}
	}
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, unasked("reach the database as its owner", err)
	}
	opened, err := db.Open(ctx, string(cfg.DatabaseURL), cfg.DatabaseOptions()...)
	closeAll := func() {
		_ = conn.Close(context.WithoutCancel(ctx)) // nothing is open on it
		if opened != nil {
			opened.Close()
		}
	}
	if err != nil {
		closeAll()
		return nil, &unaskedError{err}
	}
	o := &operator{process: p, cfg: cfg, conn: conn, owner: db.New(conn), db: opened, close: closeAll}
	if err := o.seesAll(ctx); err != nil {
		closeAll()
		return nil, err
	}
	return o, nil
}

// seesAll: an owner whom row security binds would find nothing and take that for the truth.
func (o *operator) seesAll(ctx context.Context) error {
	sees, err := o.owner.SeesAllRows(ctx)
	switch {
	case err != nil:
		return unasked("ask what the owner of the database may see", err)
	case !sees:
		return &unaskedError{errors.New("the role of ADMIN_DATABASE_URL does not see all rows: it must be a superuser or have BYPASSRLS")}
	}
	return nil
}

// org finds a clinic by slug or id. An error that is not unasked: there is none.
func (o *operator) org(ctx context.Context, named string) (db.FindOrgRow, error) {
	found, err := o.owner.FindOrg(ctx, named)
	if errors.Is(err, pgx.ErrNoRows) {
		return found, errors.New("there is no such organisation, or it has left")
	}
	return found, unasked("look the organisation up", err)
}

// orgID is the id of the clinic that an option names, nil for none.
func (o *operator) orgID(ctx context.Context, named string) (*uuid.UUID, error) {
	if named == "" {
		return nil, nil
	}
	found, err := o.org(ctx, named)
	if err != nil {
		return nil, err
	}
	return &found.ID, nil
}

// confirm asks for a word before something is changed that cannot be taken back. Ctrl-C is a no.
func (p process) confirm(ctx context.Context, question, word string) error {
	const nobody = "This needs somebody to confirm it at a terminal, or --yes. Nothing was changed."
	if !p.terminal {
		return misused(p, nobody)
	}
	fmt.Fprintf(p.err, "%s Type %s to go on: ", question, word)
	line, err := p.readLine(ctx)
	switch {
	case errors.Is(err, io.EOF) && line == "":
		return misused(p, "\n"+nobody)
	case ctx.Err() == nil && err != nil && !errors.Is(err, io.EOF):
		return fmt.Errorf("read the answer: %w", err)
	}
	if strings.TrimSpace(line) != word {
		return errors.New("not confirmed; nothing was changed")
	}
	return nil
}

// readLine waits for a line, or until ctx ends. A read of a terminal cannot be stopped: it ends with a line, or with the
// process, whose input nobody else reads.
func (p process) readLine(ctx context.Context) (line string, err error) {
	read := make(chan struct{})
	var typed string
	var failed error
	go func() {
		defer close(read)
		typed, failed = bufio.NewReader(p.in).ReadString('\n')
	}()
	select {
	case <-read:
		return typed, failed
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// isTerminal: a device of characters, as a terminal is. /dev/null is one too; it ends before it answers.
func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// show prints a value as JSON, or by its own words.
func (p process) show(asJSON bool, value any, inWords func(io.Writer)) error {
	if asJSON {
		return printJSON(p.out, value)
	}
	inWords(p.out)
	return nil
}
