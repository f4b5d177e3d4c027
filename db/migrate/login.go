package migrate

import (
	"context"
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Login is the role that the application connects as.
const Login = "voxanne_login"

// roleLock serialises changes of roles from one database; others of the
// cluster are met by trying again.
const roleLock = 0x766f7861 // "voxa"

// EnsureLogin makes the role voxanne_login able to log in with a password and
// returns the address for it. A role that takes the password already is left
// alone. The password must be ASCII.
func EnsureLogin(ctx context.Context, adminURL, password string) (loginURL string, err error) {
	loginURL, err = asLogin(adminURL, password)
	if err != nil {
		return "", err
	}
	for attempt := range 10 {
		if opens(ctx, loginURL) {
			return loginURL, nil
		}
		if err = setLogin(ctx, adminURL, password); err == nil {
			return loginURL, nil
		}
		if !isRoleRace(err) {
			break
		}
		select {
		case <-ctx.Done():
			return "", ctx.Err()
		case <-time.After(time.Duration(attempt+1) * 20 * time.Millisecond):
		}
	}
	return "", fmt.Errorf("make %s able to log in: %w", Login, err)
}

// asLogin is the admin's address with the login role in it. Poolers that serve
// several projects want "role.project": the admin's suffix is kept.
func asLogin(adminURL, password string) (string, error) {
	u, err := url.Parse(adminURL)
	if err != nil || u.Scheme == "" || u.User == nil {
		return "", errors.New("the admin database address must be a URL with a user: postgres://user:password@host/database")
	}
	user := Login
	if _, project, ok := strings.Cut(u.User.Username(), "."); ok {
		user += "." + project
	}
	u.User = url.UserPassword(user, password)
	return u.String(), nil
}

func opens(ctx context.Context, address string) bool {
	conn, err := pgx.Connect(ctx, address)
	if err != nil {
		return false
	}
	return conn.Close(ctx) == nil
}

func setLogin(ctx context.Context, adminURL, password string) error {
	secret, err := scramSecret(password)
	if err != nil {
		return err
	}
	conn, err := pgx.Connect(ctx, adminURL)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	return pgx.BeginFunc(ctx, conn, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "select pg_advisory_xact_lock($1)", int64(roleLock)); err != nil {
			return err
		}
		var exists bool
		if err := tx.QueryRow(ctx, "select exists (select from pg_roles where rolname = $1)", Login).Scan(&exists); err != nil {
			return err
		}
		verb := "alter"
		if !exists {
			verb = "create"
		}
		// Utility statements take no parameters; the secret is base64 and punctuation of ours.
		_, err := tx.Exec(ctx, fmt.Sprintf("%s role %s login noinherit password '%s'", verb, Login, secret))
		return err
	})
}

// isRoleRace says whether another database of the cluster changed the role at the same time.
func isRoleRace(err error) bool {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return false
	}
	return pg.Code == "42710" || pg.Code == "23505" || pg.Code == "XX000"
}

// scramSecret is what the server would store for a password (RFC 5803), made
// here so that no statement log can hold the password itself.
func scramSecret(password string) (string, error) {
	const rounds = 4096
	salt := make([]byte, 16)
	if _, err := rand.Read(salt); err != nil {
		return "", err
	}
	salted, err := pbkdf2.Key(sha256.New, password, salt, rounds, sha256.Size)
	if err != nil {
		return "", err
	}
	stored := sha256.Sum256(sign(salted, "Client Key"))
	b64 := base64.StdEncoding.EncodeToString
	return fmt.Sprintf("SCRAM-SHA-256$%d:%s$%s:%s", rounds, b64(salt), b64(stored[:]), b64(sign(salted, "Server Key"))), nil
}

func sign(key []byte, text string) []byte {
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(text))
	return mac.Sum(nil)
}
