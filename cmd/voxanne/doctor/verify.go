package doctor

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/voxanne-ai/voxanne/sql/verify"
)

// VerifyLimit is the longest that all of the DBAs' checks take together: some read every row.
const VerifyLimit = 10 * time.Minute

// ofVerify begins the names of the DBAs' findings: verify.overlap has its line on a page of docs/verify.
const ofVerify = "verify"

const (
	noPrivilege   = "42501" // sql/verify: a role that does not see every row
	raised        = "P0001" // sql/verify: no schema of ours
	queryCanceled = "57014"
)

// verified runs every script of sql/verify. The first finding says that they ran, or why they did not, which is an error: who
// asked for them must not take silence for health.
func (d doctor) verified(ctx context.Context) []Finding {
	if d.Config.AdminDatabaseURL == "" {
		return []Finding{ofDatabase(wrong("ADMIN_DATABASE_URL is not set, so nothing of the database was checked.",
			"Give the address of the role that owns the schema, and is a superuser or has BYPASSRLS."))}
	}
	bounded, cancel := context.WithTimeout(ctx, VerifyLimit)
	defer cancel()
	conn, err := connect(bounded, d.Config.AdminDatabaseURL)
	if err != nil {
		return []Finding{ofDatabase(unreached("ADMIN_DATABASE_URL")(err))}
	}
	defer leave(ctx, conn)
	scripts := verify.Scripts()
	found, err := verify.Run(bounded, conn, d.verifySettings(), scripts...)
	if err != nil {
		return []Finding{ofDatabase(notVerified(err))}
	}
	findings := []Finding{ofDatabase(fine(fmt.Sprintf("%d scripts of sql/verify ran; findings: %d.", len(scripts), len(found))))}
	for _, f := range found {
		findings = append(findings, Finding{
			Check: ofVerify + "." + f.Check, Level: Level(f.Level), Object: f.Object, Detail: f.Detail, Remedy: f.Remedy,
		})
	}
	return findings
}

// verifySettings are those of our variables that a check holds the rows against. A value that cannot be used is a finding of its own.
func (d doctor) verifySettings() verify.Settings {
	if _, err := strconv.Atoi(d.Config.VapiSlots); err != nil {
		return nil
	}
	return verify.Settings{"at_once": d.Config.VapiSlots}
}

func ofDatabase(v verdict) Finding {
	return Finding{Check: ofVerify, Level: v.level, Detail: v.detail, Remedy: v.remedy}
}

// notVerified: what was found until an error is not told, because half a look reads like a whole one.
func notVerified(err error) verdict {
	var refused *pgconn.PgError
	switch {
	case errors.As(err, &refused) && refused.Code == noPrivilege:
		return wrong("The role of ADMIN_DATABASE_URL does not see all rows, so nothing of the database was checked.",
			"Let it name the role that owns the schema and is a superuser or has BYPASSRLS.")
	case errors.As(err, &refused) && refused.Code == raised:
		return wrong("The database has no schema of this program, so there is nothing to check.", "Run `voxanne migrate`.")
	case errors.As(err, &refused) && refused.Code == queryCanceled, errors.Is(err, context.DeadlineExceeded), pgconn.Timeout(err):
		return wrong("The checks of the database were broken off before their end.",
			"Run them one by one: psql -X \"$ADMIN_DATABASE_URL\" -f sql/verify/….sql.")
	}
	return wrong("The checks of the database could not be run: "+why(err)+".", "See the database's log, and whether it is at this program's migrations.")
}
