package doctor

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/migrate"
	"github.com/voxanne-ai/voxanne/server"
)

const (
	undefinedTable  = "42P01"
	undefinedSchema = "3F000"
)

// errAddress: an address of a database cannot be read. pgx's own error repeats it.
var errAddress = errors.New("not a PostgreSQL address")

// connect reaches the database of an address. Every statement travels by itself, which works behind every pooler.
func connect(ctx context.Context, address server.Secret) (*pgx.Conn, error) {
	config, err := pgxpool.ParseConfig(string(address)) // which knows the pool's settings in it
	if err != nil {
		return nil, errAddress
	}
	config.ConnConfig.DefaultQueryExecMode = pgx.QueryExecModeExec
	return pgx.ConnectConfig(ctx, config.ConnConfig)
}

// leave closes a connection on which nothing is open.
func leave(ctx context.Context, conn *pgx.Conn) {
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	_ = conn.Close(closing)
}

// at asks the database of an address; unreached says what it means that it cannot be reached.
func at(ctx context.Context, address server.Secret, unreached func(error) verdict, ask func(*db.Queries) (verdict, error)) verdict {
	conn, err := connect(ctx, address)
	if err != nil {
		return unreached(err)
	}
	defer leave(ctx, conn)
	v, err := ask(db.New(conn))
	var refused *pgconn.PgError
	switch {
	case err == nil:
		return v
	case errors.As(err, &refused) && (refused.Code == undefinedTable || refused.Code == undefinedSchema):
		return wrong("The database has no schema of this program.", "Run `voxanne migrate`.")
	}
	return wrong("The database refused a question: "+why(err)+".", "See the database's log.")
}

// why puts an error of the database into our own words: pgx's name host, role and database.
func why(err error) string {
	var refused *pgconn.PgError
	switch {
	case errors.Is(err, errAddress):
		return "the address cannot be read"
	case errors.As(err, &refused):
		switch refused.Code {
		case "28P01", "28000":
			return "the role or its password is refused"
		case "3D000":
			return "there is no such database"
		case "53300":
			return "all its connections are taken"
		}
		return "SQLSTATE " + refused.Code
	case errors.Is(err, context.DeadlineExceeded), pgconn.Timeout(err):
		return "no answer in time"
	}
	return "nobody answers at the address"
}

// unreached says that a database could not be asked at all.
func unreached(variable string) func(error) verdict {
	return func(err error) verdict {
		return wrong(fmt.Sprintf("The database of %s cannot be reached: %s.", variable, why(err)),
			"Start the database, or correct the address, role and password of "+variable+".")
	}
}

// notAsked is for what another check's unreachable database leaves open.
func notAsked(see string) func(error) verdict {
	return func(error) verdict { return doubtful("Not known: the database could not be asked.", "See "+see+".") }
}

func (d doctor) login(ctx context.Context) verdict {
	return asService(ctx, "DATABASE_URL", d.Config.DatabaseURL)
}

func (d doctor) direct(ctx context.Context) verdict {
	if d.Environ["DATABASE_DIRECT_URL"] == "" {
		return unused("The workers listen at DATABASE_URL.")
	}
	return asService(ctx, "DATABASE_DIRECT_URL", d.Config.DatabaseDirectURL)
}

// asService: who serves clinics must be bound by row security, or one clinic's mistake shows another's patients.
func asService(ctx context.Context, variable string, address server.Secret) verdict {
	if address == "" {
		return wrong(variable+" is not set.", "Give the address of the role "+migrate.Login+".")
	}
	remedy := "Let " + variable + " name the role " + migrate.Login + ", and take SUPERUSER and BYPASSRLS from it."
	return at(ctx, address, unreached(variable), func(q *db.Queries) (verdict, error) {
		role, err := q.DescribeRole(ctx)
		if err != nil {
			return verdict{}, err
		}
		sees, err := q.SeesAllRows(ctx)
		switch {
		case err != nil:
			return verdict{}, err
		case role.Super, role.Bypasses, sees:
			return wrong("The role of "+variable+" passes row security: clinics are not kept apart.", remedy), nil
		case role.Name != migrate.Login:
			return wrong("The role of "+variable+" is not "+migrate.Login+", so that it may not begin requests.", remedy), nil
		}
		return fine("Reached as " + migrate.Login + ", which row security binds."), nil
	})
}

func (d doctor) admin(ctx context.Context) verdict {
	const variable = "ADMIN_DATABASE_URL"
	if d.Config.AdminDatabaseURL == "" {
		return unused("ADMIN_DATABASE_URL is not set: the schema's version is not known here.")
	}
	return at(ctx, d.Config.AdminDatabaseURL, unreached(variable), func(q *db.Queries) (verdict, error) {
		sees, err := q.SeesAllRows(ctx)
		switch {
		case err != nil:
			return verdict{}, err
		case !sees:
			return wrong("The role of ADMIN_DATABASE_URL does not see all rows: operators' commands would find nothing and call that good.",
				"Let it name the role that owns the schema and is a superuser or has BYPASSRLS."), nil
		}
		return fine("Reached, and all rows are seen."), nil
	})
}

// schema compares with the migrations in this program. A newer database is what an older process meets while a newer one is
// brought in, and works.
func (d doctor) schema(ctx context.Context) verdict {
	if d.Config.AdminDatabaseURL == "" {
		return unused("Not known: only the owner of the schema may read its version, and ADMIN_DATABASE_URL is not set.")
	}
	return at(ctx, d.Config.AdminDatabaseURL, notAsked("database.admin"), func(q *db.Queries) (verdict, error) {
		there, err := q.DescribeInstallation(ctx)
		if err != nil {
			return verdict{}, err
		}
		if !there.Migrated { // whose version goose would make a table for
			return wrong("The database has no schema of this program.", "Run `voxanne migrate`."), nil
		}
		version, err := migrate.GetStatus(ctx, string(d.Config.AdminDatabaseURL))
		if err != nil {
			return verdict{}, err
		}
		said := fmt.Sprintf("The database is at version %d, this program at %d.", version.Current, version.Target)
		switch {
		case version.Current < version.Target:
			return wrong(said, "Run `voxanne migrate`."), nil
		case version.Current > version.Target:
			return doubtful(said, "Bring this program up to date."), nil
		}
		return fine(said), nil
	})
}

// either is the address that the processes use, or the owner's where there is no such one yet.
func (d doctor) either() server.Secret {
	if d.Config.DatabaseURL != "" {
		return d.Config.DatabaseURL
	}
	return d.Config.AdminDatabaseURL
}
