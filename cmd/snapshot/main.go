// Command snapshot writes the sql/ files that changed as a goose migration.
//
//	snapshot NAME    writes migrations/NNNNN_NAME.sql
//
// What a database already has is read from the migrations themselves: each
// file's text stands there between "-- snapshot of sql/F" and "-- end of sql/F",
// the last one counts. Down is the same way back. A file is known by what
// follows its number, so it may be renumbered.
package main

import (
	"errors"
	"fmt"
	"log"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 2 {
		log.Fatal("usage: make snapshot NAME=what_changes")
	}
	path, err := snapshot(".", os.Args[1])
	if err != nil {
		log.Fatal("snapshot: ", err)
	}
	fmt.Println(path)
}

var (
	validName = regexp.MustCompile(`^[a-z0-9_]+$`)
	section   = regexp.MustCompile(`(?s)-- (snapshot of|removed) sql/([0-9]{4}_\w+\.sql)\n`)
	comment   = regexp.MustCompile(`--[^\n]*`)
	gooseLine = regexp.MustCompile(`(?m)^-- \+goose .*\n`)

	// object is what a file makes that can be dropped: kind, name, and a policy's or trigger's table.
	object = regexp.MustCompile(`(?ims)^\s*create (?:or replace )?(?:(function|procedure|view|type) ([\w.]+)|(policy|trigger) (\w+)\b.*?\bon ([\w.]+))`)
	// shape is what "create or replace" cannot change: arguments and result of a function, and the whole of the rest.
	shape = regexp.MustCompile(`(?ims)^\s*create (?:or replace )?(?:(?:function|procedure)\b.*?\blanguage\b|(?:view|type|policy|trigger)\b[^;]*;)`)
)

// file is one sql/ file as it is or was.
type file struct{ name, text string }

// key is a file's identity: its name without the number.
func (f file) key() string { return f.name[5:] }

// code is the text without comments.
func (f file) code() string { return comment.ReplaceAllString(f.text, "") }

// shape is what must be equal for "create or replace" to do.
func (f file) shape() string {
	return strings.ToLower(strings.Join(strings.Fields(strings.Join(shape.FindAllString(f.code(), -1), "\n")), " "))
}

// names says whether a file's text names something of schema app that other makes.
func (f file) names(other file) bool {
	return slices.ContainsFunc(object.FindAllStringSubmatch(other.code(), -1), func(made []string) bool {
		return made[2] != "" && regexp.MustCompile(regexp.QuoteMeta(made[2])+`\b`).MatchString(f.code())
	})
}

// snapshot writes the migration of a checkout and returns its path.
func snapshot(root, name string) (string, error) {
	if !validName.MatchString(name) {
		return "", errors.New("NAME is lower-case letters, digits and _")
	}
	history, next, err := readMigrations(filepath.Join(root, "migrations"))
	present, readErr := readFiles(filepath.Join(root, "sql"))
	if err := errors.Join(err, readErr); err != nil {
		return "", err
	}
	up := script(history, present, "snapshot of")
	if up == "" {
		return "", errors.New("no file in sql/ differs from its last snapshot")
	}
	text := "-- Written by make snapshot.\n\n-- +goose Up\n" + open + up + closing +
		"\n-- +goose Down\n" + open + script(present, history, "back to") + closing
	path := filepath.Join(root, "migrations", fmt.Sprintf("%05d_%s.sql", next, name))
	return path, os.WriteFile(path, []byte(text), 0o644)
}

// script is the SQL that turns one state into another: what is gone or cannot
// be replaced is dropped with everything later that names it, last first; then
// what differs or was dropped is made, in the order of the numbers.
func script(from, to []file, word string) string {
	target, current := map[string]file{}, map[string]file{}
	for _, f := range to {
		target[f.key()] = f
	}
	dropped := map[string]bool{}
	var drops []string
	for i, f := range from {
		current[f.key()] = f
		after, stays := target[f.key()]
		dropped[f.key()] = !stays || after.shape() != f.shape() ||
			slices.ContainsFunc(from[:i], func(earlier file) bool { return dropped[earlier.key()] && f.names(earlier) })
		if dropped[f.key()] {
			drops = append(drops, dropText(f, from))
			if !stays && word == "snapshot of" { // remembered: the next snapshot must not drop it again
				drops = append(drops, "-- removed sql/"+f.name+"\n")
			}
		}
	}
	slices.Reverse(drops)
	all := block(strings.Join(drops, ""))
	for _, f := range to {
		if before, had := current[f.key()]; !had || before.text != f.text || dropped[f.key()] {
			all += block(fmt.Sprintf("-- %s sql/%s\n%s-- end of sql/%s\n", word, f.name, f.text, f.name))
		}
	}
	return all
}

// dropText drops what a file made, last first.
func dropText(f file, all []file) string {
	var lines []string
	for _, made := range object.FindAllStringSubmatch(f.code(), -1) {
		line := fmt.Sprintf("drop %s %s;\n", strings.ToLower(made[1]), made[2])
		switch {
		case made[3] != "" && made[5] == "auth.users":
			line = "" // not our table: its trigger goes with its function
		case made[3] != "":
			line = fmt.Sprintf("drop %s if exists %s on %s;\n", strings.ToLower(made[3]), made[4], made[5])
		case slices.ContainsFunc(all, func(g file) bool { return strings.Contains(g.key(), "trigger_") && g.names(f) }):
			line = fmt.Sprintf("drop %s %s cascade;\n", strings.ToLower(made[1]), made[2])
		}
		lines = append(lines, line)
	}
	slices.Reverse(lines)
	return strings.Join(lines, "")
}

func block(text string) string {
	if text == "" {
		return ""
	}
	return "-- +goose StatementBegin\n" + text + "-- +goose StatementEnd\n\n"
}

// Giving a function to its owner needs membership in the role, and the role
// needs create on the schema for that moment.
const (
	open = `-- +goose StatementBegin
do $$ begin
  if not pg_has_role(current_user, 'app_writer', 'usage') then execute format('grant app_writer to %I', current_user); end if;
  if not pg_has_role(current_user, 'app_definer', 'usage') then execute format('grant app_definer to %I', current_user); end if;
  if not pg_has_role(current_user, 'app_searcher', 'usage') then execute format('grant app_searcher to %I', current_user); end if;
end $$;
grant create on schema app to app_writer, app_definer, app_searcher;
-- A policy that waits for its table would have everybody else wait behind it: rather fail, and be tried again.
set local lock_timeout = '5s';
-- +goose StatementEnd

`
	closing = "-- +goose StatementBegin\nrevoke create on schema app from app_writer, app_definer, app_searcher;\n-- +goose StatementEnd\n"
)

// readFiles reads sql/NNNN_kind_name.sql in the order of the numbers.
func readFiles(dir string) ([]file, error) {
	paths, err := filepath.Glob(filepath.Join(dir, "[0-9][0-9][0-9][0-9]_*.sql"))
	var found []file
	for _, path := range paths { // Glob sorts
		text, readErr := os.ReadFile(path)
		err = errors.Join(err, readErr)
		found = append(found, file{filepath.Base(path), strings.TrimRight(string(text), "\n") + "\n"})
	}
	return found, err
}

// readMigrations is the state that the migrations lead to, and the next free number.
func readMigrations(dir string) (state []file, next int, err error) {
	paths, err := filepath.Glob(filepath.Join(dir, "[0-9]*.sql"))
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, 0, err
		}
		if _, err := fmt.Sscanf(filepath.Base(path), "%d_", &next); err != nil {
			return nil, 0, fmt.Errorf("%s has no number: %w", path, err)
		}
		up, _, _ := strings.Cut(string(text), "-- +goose Down")
		for _, at := range section.FindAllStringSubmatchIndex(up, -1) {
			f := file{name: up[at[4]:at[5]]}
			state = slices.DeleteFunc(state, func(old file) bool { return old.key() == f.key() })
			if up[at[2]:at[3]] == "removed" {
				continue
			}
			body, _, ended := strings.Cut(up[at[1]:], "-- end of sql/"+f.name+"\n")
			if !ended {
				return nil, 0, fmt.Errorf("%s: the snapshot of sql/%s has no end", path, f.name)
			}
			f.text = strings.TrimRight(gooseLine.ReplaceAllString(body, ""), "\n") + "\n"
			state = append(state, f)
		}
	}
	slices.SortFunc(state, func(a, b file) int { return strings.Compare(a.name, b.name) })
	return state, next + 1, err
}
