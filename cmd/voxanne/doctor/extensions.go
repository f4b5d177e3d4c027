package doctor

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/voxanne-ai/voxanne/db"
)

const (
	oldestPostgres = 150000 // as server_version_num counts
	vector         = "vector"
)

// needed are the extensions of the migrations with the oldest version that will do, "" for any. pgvector has iterative scans
// since 0.8: before, a filtered search for the nearest finds too few.
func needed() []struct{ name, since string } {
	return []struct{ name, since string }{
		{"btree_gin", ""}, {"btree_gist", ""}, {"fuzzystrmatch", ""}, {"pg_trgm", ""}, {vector, "0.8"},
	}
}

func (d doctor) extensions(ctx context.Context) verdict {
	return at(ctx, d.either(), notAsked("database.login"), func(q *db.Queries) (verdict, error) {
		backend, err := q.GetBackend(ctx)
		if err != nil {
			return verdict{}, err
		}
		list, err := q.ListExtensions(ctx)
		if err != nil {
			return verdict{}, err
		}
		has := map[string]string{}
		for _, e := range list {
			has[e.Name] = e.Version
		}
		return judgeExtensions(int(backend.Version), has), nil
	})
}

// judgeExtensions is told the server's version number and the versions of what is installed.
func judgeExtensions(postgres int, has map[string]string) verdict {
	if postgres < oldestPostgres {
		return wrong(fmt.Sprintf("The server is PostgreSQL %d.", postgres/10000), "Use PostgreSQL 15 or newer.")
	}
	shown := []string{fmt.Sprintf("PostgreSQL %d.%d", postgres/10000, postgres%10000)}
	for _, e := range needed() {
		version, there := has[e.name]
		switch {
		case !there:
			return wrong("The extension "+e.name+" is missing.", "Install its package at the database's machine, and run `voxanne migrate`.")
		case older(version, e.since):
			return wrong(fmt.Sprintf("The extension %s is %s; %s is needed.", e.name, version, e.since),
				"Install a newer package, and run `alter extension "+e.name+" update` as its owner.")
		}
		shown = append(shown, e.name+" "+version)
	}
	return fine(strings.Join(shown, ", ") + ".")
}

// older compares versions number by number; what is no number counts as nought.
func older(version, since string) bool {
	if since == "" {
		return false
	}
	have, want := strings.Split(version, "."), strings.Split(since, ".")
	for i := range want {
		var h int
		if i < len(have) {
			h, _ = strconv.Atoi(have[i])
		}
		if w, _ := strconv.Atoi(want[i]); h != w {
			return h < w
		}
	}
	return false
}
