package sql_test

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// lastUnlinted is the newest migration that was released before these rules were made.
const lastUnlinted = "00077"

// excused is the comment in front of a statement that may do all the same what the rules refuse, with the reason.
var excused = regexp.MustCompile(`(?m)--\s*zero-downtime:\s*\S.{9,}`)

var (
	spaces    = regexp.MustCompile(`\s+`)
	ofSQL     = regexp.MustCompile(`(?s)-- snapshot of sql/.*?-- end of sql/[^\n]*`)
	newTable  = regexp.MustCompile(`^create (?:unlogged )?table (?:if not exists )?([\w.]+)`)
	alterHead = regexp.MustCompile(`^alter table (?:if exists )?(?:only )?([\w.]+) (.*)$`)
	makeIndex = regexp.MustCompile(`^create (?:unique )?index (concurrently )?.*?\bon (?:only )?([\w.]+)`)
	dropIndex = regexp.MustCompile(`^drop index (concurrently )?`)
	dropTable = regexp.MustCompile(`^(drop table|truncate)(?: table)? (?:if exists )?(?:only )?(.*?)(?: cascade| restrict| restart identity| continue identity)*$`)
	heavy     = regexp.MustCompile(`^(?:lock (?:table )?|cluster\b|vacuum full\b|reindex (?:table|index|schema|database) (?:concurrently)?)`)
	waitsFor  = regexp.MustCompile(`^set local lock_timeout (?:=|to) '?[1-9]`)
	doBody    = regexp.MustCompile(`(?s)^\s*do\s+(?:language\s+\w+\s+)?(\$\w*\$)(.*)(\$\w*\$)`)

	addColumn   = regexp.MustCompile(`^add (?:column )?(?:if not exists )?(\w+) `)
	addTable    = regexp.MustCompile(`^add (?:constraint \w+ )?(check|foreign|unique|primary|exclude)\b`)
	setNotNull  = regexp.MustCompile(`^alter (?:column )?(\w+) set not null`)
	changeType  = regexp.MustCompile(`^alter (?:column )?\w+ (?:set data )?type `)
	usingIndex  = regexp.MustCompile(`\busing index\b`)
	rewrites    = regexp.MustCompile(`\b(?:generated (?:always|by default) as|bigserial|smallserial|serial)\b`)
	defaultCall = regexp.MustCompile(`\bdefault\b.*?([\w.]+)\s*\(`)
	validated   = regexp.MustCompile(`^validate constraint (\w+)`)
)

// steady are functions whose value a default takes once for all rows. (PostgreSQL: ALTER TABLE, Notes: a volatile default
// rewrites the table.)
var steady = []string{"now", "pg_catalog.now", "transaction_timestamp", "make_interval", "check", "numeric", "varchar", "array", "interval"}

// migration is one file, cut into the statements of its way up. Snapshots of sql/ files are left out: they make functions and
// policies, and what they wait for is bound by what `make snapshot` writes in front of them.
type migration struct {
	statements []statement
	untied     bool     // runs outside a transaction: concurrently is possible, and a lock ends with its statement
	made       []string // the tables that it makes, which nobody uses yet
}

// statement is one statement in lower case without comments, and whether a comment excuses it.
type statement struct {
	text    string
	excused bool
}

func readMigration(text string) migration {
	up, _, _ := strings.Cut(text, "-- +goose Down")
	m := migration{untied: strings.Contains(up, "-- +goose NO TRANSACTION")}
	m.add(ofSQL.ReplaceAllString(up, ";"))
	return m
}

// add takes what a DO block does statement by statement, too: there locks are held just as long.
func (m *migration) add(text string) {
	for _, one := range statementsOf(text) {
		code := lineComment.ReplaceAllString(one, "")
		if body := doBody.FindStringSubmatch(code); body != nil {
			_, inside, _ := strings.Cut(one, body[1])
			m.add(strings.Replace(strings.TrimSuffix(strings.TrimSpace(inside), body[3]), "begin", ";", 1))
			continue
		}
		code = strings.ToLower(strings.TrimSpace(spaces.ReplaceAllString(literal.ReplaceAllString(code, "'…'"), " ")))
		if strings.HasPrefix(code, "set local lock_timeout") { // the value is a literal
			code = strings.ToLower(strings.TrimSpace(spaces.ReplaceAllString(lineComment.ReplaceAllString(one, ""), " ")))
		}
		if code == "" {
			continue
		}
		m.statements = append(m.statements, statement{code, excused.MatchString(one)})
		if made := newTable.FindStringSubmatch(code); made != nil {
			m.made = append(m.made, made[1])
		}
	}
}

var token = regexp.MustCompile(`(?s)--[^\n]*|'(?:[^']|'')*'|\$\w*\$|;`)

// statementsOf cuts at semicolons that stand in no comment, literal or dollar quote.
func statementsOf(text string) (all []string) {
	start, quote := 0, ""
	for _, at := range token.FindAllStringIndex(text, -1) {
		switch found := text[at[0]:at[1]]; {
		case quote != "":
			if found == quote {
				quote = ""
			}
		case strings.HasPrefix(found, "$"):
			quote = found
		case found == ";":
			all, start = append(all, text[start:at[0]]), at[1]
		}
	}
	return append(all, text[start:])
}

// actionsOf cuts what an alter table does at the commas outside parentheses.
func actionsOf(text string) (all []string) {
	start, depth := 0, 0
	for i, r := range text {
		switch {
		case r == '(':
			depth++
		case r == ')':
			depth--
		case r == ',' && depth == 0:
			all, start = append(all, strings.TrimSpace(text[start:i])), i+1
		}
	}
	return append(all, strings.TrimSpace(text[start:]))
}

// faults says what of a migration would stop a running service, or break the version that runs beside it. earlier are the
// migrations before it: what one of them validated need not be looked at again.
func (m migration) faults(earlier []migration) (found []string) {
	bounded := m.untied // there a lock is held for one statement, and setting anything for the transaction is void
	held := ""          // the table in use that is locked until the end of the file
	for _, s := range m.statements {
		bounded = bounded || waitsFor.MatchString(s.text)
		locks, says := m.judge(s.text, earlier)
		if alter := alterHead.FindStringSubmatch(s.text); locks && alter != nil && !m.untied {
			if held != "" && held != alter[1] && says == "" {
				says = "locks a second table beside " + held + ": who uses both takes them in another order, and they wait for each other; a file each"
			}
			held = alter[1]
		}
		if locks && !bounded {
			found = append(found, s.text+": waits for its lock without an end, and everybody else behind it: set local lock_timeout first")
		}
		if says != "" && !s.excused {
			found = append(found, s.text+": "+says)
		}
	}
	return found
}

// judge says whether a statement locks a table that is in use, and what is wrong with it.
func (m migration) judge(text string, earlier []migration) (locks bool, says string) {
	if heavy.MatchString(text) {
		return false, "keeps everybody from the table for long"
	}
	if index := makeIndex.FindStringSubmatch(text); index != nil && !slices.Contains(m.made, index[2]) {
		return index[1] == "", m.indexFault(index[1] != "")
	}
	if drop := dropIndex.FindStringSubmatch(text); drop != nil {
		return drop[1] == "", m.dropIndexFault(drop[1] != "")
	}
	if drop := dropTable.FindStringSubmatch(text); drop != nil && !m.madeAll(drop[2]) {
		return true, dropTableFault(drop[1])
	}
	alter := alterHead.FindStringSubmatch(text)
	if alter == nil || slices.Contains(m.made, alter[1]) {
		return false, ""
	}
	for _, action := range actionsOf(alter[2]) {
		if says := m.actionFault(action, alter[1], earlier); says != "" {
			return true, says
		}
	}
	return true, ""
}

func (m migration) indexFault(concurrently bool) string {
	switch {
	case !concurrently:
		return "nothing is written while the index is made: create it concurrently, in a file with -- +goose NO TRANSACTION"
	case !m.untied:
		return "concurrently needs a file with -- +goose NO TRANSACTION"
	}
	return ""
}

func (m migration) dropIndexFault(concurrently bool) string {
	switch {
	case !concurrently:
		return "nothing is read or written until every reader of its table is done: drop it concurrently, in a file with -- +goose NO TRANSACTION"
	case !m.untied:
		return "concurrently needs a file with -- +goose NO TRANSACTION"
	}
	return ""
}

// madeAll says whether this file makes every table of a list.
func (m migration) madeAll(list string) bool {
	for table := range strings.SplitSeq(list, ",") {
		if !slices.Contains(m.made, strings.TrimSpace(table)) {
			return false
		}
	}
	return true
}

func dropTableFault(what string) string {
	if what == "truncate" {
		return "deletes rows of clinics, and nobody can read meanwhile"
	}
	return "breaks the version that still runs: first release one that does without the table"
}

// actionFault judges one action of an alter table on a table that is in use.
func (m migration) actionFault(action, table string, earlier []migration) string {
	if column := addColumn.FindStringSubmatch(action); column != nil && addTable.FindString(action) == "" && column[1] != "constraint" {
		return addColumnFault(action)
	}
	switch kind := addTable.FindStringSubmatch(action); {
	case kind == nil:
	case kind[1] == "unique" || kind[1] == "primary":
		if !usingIndex.MatchString(action) {
			return "makes an index while nobody reads: make it concurrently first and add the constraint using index"
		}
	case kind[1] == "exclude":
		return "makes an index while nobody reads"
	case !strings.HasSuffix(action, "not valid"):
		return "looks at every row while nobody writes: add it not valid and validate it in a later migration"
	}
	switch {
	case changeType.MatchString(action):
		return "may rewrite the table: add a column, fill it, and read from it in the next version"
	case strings.HasPrefix(action, "rename") || strings.HasPrefix(action, "drop column"):
		return "breaks the version that still runs: first release one that does without"
	case strings.HasPrefix(action, "disable row level security") || strings.HasPrefix(action, "no force row level security"):
		return "opens the table to every clinic"
	case strings.HasPrefix(action, "set logged") || strings.HasPrefix(action, "set unlogged") || strings.HasPrefix(action, "set tablespace"):
		return "rewrites the table"
	}
	if column := setNotNull.FindStringSubmatch(action); column != nil && !provenNotNull(table, column[1], earlier) {
		return "looks at every row while nobody reads: first a check (" + column[1] + " is not null) not valid, then validate it, each in its own migration"
	}
	if name := validated.FindStringSubmatch(action); name != nil && !m.untied && m.adds(table, name[1]) {
		return "looks at every row under the lock of the statement that added it: validate it in a later migration"
	}
	return ""
}

func addColumnFault(action string) string {
	hasDefault := regexp.MustCompile(`\bdefault\b`).MatchString(action)
	switch call := defaultCall.FindStringSubmatch(action); {
	case rewrites.MatchString(action):
		return "a generated or numbered column rewrites the table"
	case call != nil && !slices.Contains(steady, call[1]):
		return "a volatile default rewrites the table: add the column without, set the default, fill old rows in batches"
	case !hasDefault && regexp.MustCompile(`\bnot null\b`).MatchString(action) && !strings.Contains(action, "check ("):
		return "not null without a default fails where there are rows"
	case regexp.MustCompile(`\bcheck \(`).MatchString(action):
		return "the check looks at every row while nobody reads: add it as a constraint that is not valid, validate it in a later migration"
	}
	return ""
}

// provenNotNull says whether an earlier migration validated a check that a column is not null.
func provenNotNull(table, column string, earlier []migration) bool {
	check := regexp.MustCompile(`add constraint (\w+) check \(` + column + ` is not null\)`)
	name := ""
	for _, m := range earlier {
		for _, s := range m.statements {
			if alter := alterHead.FindStringSubmatch(s.text); alter == nil || alter[1] != table {
				continue
			}
			if found := check.FindStringSubmatch(s.text); found != nil {
				name = found[1]
			}
			if name != "" && strings.Contains(s.text, "validate constraint "+name) {
				return true
			}
		}
	}
	return false
}

// adds says whether this file adds a constraint.
func (m migration) adds(table, constraint string) bool {
	return slices.ContainsFunc(m.statements, func(s statement) bool {
		return strings.HasPrefix(s.text, "alter table "+table) && strings.Contains(s.text, "add constraint "+constraint+" ")
	})
}

func TestLintMigrationsStopNobody(t *testing.T) {
	t.Parallel()
	var earlier []migration
	for _, file := range files(t, "../migrations/*.sql") {
		m := readMigration(read(t, file))
		if name := filepath.Base(file); name[:5] > lastUnlinted {
			for _, fault := range m.faults(earlier) {
				t.Errorf("%s: %s\n(or say why it may, in front of it: -- zero-downtime: …; docs/dba.md)", name, fault)
			}
		}
		earlier = append(earlier, m)
	}
}

func TestLintMigrationRulesFindWhatTheyRefuse(t *testing.T) {
	t.Parallel()
	bad := files(t, "migration_examples/refused/*.sql")
	require.Greater(t, len(bad), 15)
	for _, file := range bad {
		text := read(t, file)
		found := readMigration(text).faults(nil)
		require.Len(t, found, 1, file)
		says, _, _ := strings.Cut(text, "\n")
		require.Contains(t, found[0], strings.TrimPrefix(says, "-- refused: "), file)
		excuse := "-- zero-downtime: an example of a table that is empty\n$1"
		allowed := "set local lock_timeout = '5s';" + regexp.MustCompile(`(?m)^( *(?:alter|create|drop|lock|truncate) )`).ReplaceAllString(text, excuse)
		require.Empty(t, readMigration(allowed).faults(nil), "excused: %s", file)
	}
	good := files(t, "migration_examples/allowed/*.sql")
	require.NotEmpty(t, good)
	var earlier []migration
	for _, file := range good { // in their order: later ones lean on earlier ones
		m := readMigration(read(t, file))
		require.Empty(t, m.faults(earlier), file)
		earlier = append(earlier, m)
	}
}
