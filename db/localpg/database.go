package localpg

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// CreateDatabase makes a database of the cluster where it is missing and
// returns its owner's address.
func (c *Cluster) CreateDatabase(ctx context.Context, name string) (ownerURL string, err error) {
	conn, err := pgx.Connect(ctx, c.OwnerURL("postgres"))
	if err != nil {
		return "", fmt.Errorf("local PostgreSQL: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	const duplicateDatabase = "42P04" // there is no "if not exists"
	_, err = conn.Exec(ctx, "create database "+pgx.Identifier{name}.Sanitize())
	var pg *pgconn.PgError
	if err != nil && !(errors.As(err, &pg) && pg.Code == duplicateDatabase) {
		return "", fmt.Errorf("local PostgreSQL: create database %s: %w", name, err)
	}
	return c.OwnerURL(name), nil
}
