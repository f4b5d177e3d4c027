package sql_test

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var (
	lineComment = regexp.MustCompile(`--[^\n]*`)
	literal     = regexp.MustCompile(`'(?:[^']|'')*'`)
	fileName    = regexp.MustCompile(`^[0-9]{4}_(function|view|policy|grant|trigger|type)_[a-z0-9_]+\.sql$`)
)

// rule finds what it refuses in a file's text; comments are already gone.
type rule struct {
	says string
	find func(text string) []string
}

var otherClock = rule{
	says: "the only clock is app.now(); read it once, after the locks",
	find: func(text string) []string {
		clocks := regexp.MustCompile(`(?i)(?:^|[^.\w])(?:pg_catalog\.)?(?:(?:now|clock_timestamp|statement_timestamp|transaction_timestamp|timeofday)\s*\(|(?:current_timestamp|current_date|current_time|localtimestamp|localtime)\b)`)
		return clocks.FindAllString(literal.ReplaceAllString(text, "''"), -1)
	},
}

var returnsTable = rule{
	says: "returns table makes sqlc write wrong code without an error; return setof a table, view or type",
	find: func(text string) []string {
		return regexp.MustCompile(`(?i)\breturns\s+table\b`).FindAllString(text, -1)
	},
}

var loosePath = rule{
	says: "security definer needs: set search_path = ''",
	find: func(text string) []string {
		var found []string
		for _, head := range regexp.MustCompile(`(?is)create\s+(?:or\s+replace\s+)?(?:function|procedure).*?(?:\bas\s+\$|\bbegin\s+atomic\b)`).FindAllString(text, -1) {
			if regexp.MustCompile(`(?i)security\s+definer`).MatchString(head) &&
				!regexp.MustCompile(`(?i)set\s+search_path\s*(?:=|to)\s*''`).MatchString(head) {
				found = append(found, strings.SplitN(head, "\n", 2)[0])
			}
		}
		return found
	},
}

var tightAt = rule{
	says: "sqlc reads =@x as an operator, silently without a parameter; write a space before @",
	find: func(text string) []string {
		return regexp.MustCompile(`[^\s(]@[a-zA-Z_]\w*`).FindAllString(literal.ReplaceAllString(text, "''"), -1)
	},
}

func TestLintRulesFindWhatTheyRefuse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		rule      rule
		bad, good string
	}{
		{otherClock, "select now()", "select app.now() -- not now()"},
		{otherClock, "v := pg_catalog.clock_timestamp();", "comment on function f() is 'unlike now()'"},
		{otherClock, "where d > current_date", "where current_dates > 1"},
		{otherClock, "select Transaction_Timestamp ()", "select knows(now_or_never(1))"},
		{otherClock, "x < localtimestamp", "x < p_localtimestamp"},
		{returnsTable, "returns  TABLE (a int)", "returns setof app.leads"},
		{loosePath, "create function f() returns int\nsecurity definer\nas $$ $$", "create function f() returns int security definer set search_path = '' as $$ $$"},
		{loosePath, "create or replace function f() returns int security definer set search_path = public as $$ $$", "create function f() returns int as $$ security definer $$"},
		{tightAt, "where org_id =@org_id", "where org_id = @org_id and f(@x)"},
		{tightAt, "where org_id=@org_id", "where mail = 'a@b.example'"},
	} {
		require.NotEmpty(t, c.rule.find(lineComment.ReplaceAllString(c.bad, "")), c.bad)
		require.Empty(t, c.rule.find(lineComment.ReplaceAllString(c.good, "")), c.good)
	}
}

func TestLintSQLFiles(t *testing.T) {
	t.Parallel()
	for _, file := range files(t, "*.sql") {
		check(t, file, returnsTable, loosePath)
		if !strings.HasSuffix(file, "function_now.sql") {
			check(t, file, otherClock)
		}
	}
	for _, file := range files(t, "../queries/*.sql") {
		check(t, file, tightAt)
	}
}

func check(t *testing.T, file string, rules ...rule) {
	t.Helper()
	text := lineComment.ReplaceAllString(read(t, file), "")
	for _, r := range rules {
		for _, hit := range r.find(text) {
			t.Errorf("%s: %q: %s", file, strings.TrimSpace(hit), r.says)
		}
	}
}

func TestLintFileNames(t *testing.T) {
	t.Parallel()
	taken := map[string]string{}
	for _, file := range files(t, "*.sql") {
		name := filepath.Base(file)
		if !fileName.MatchString(name) {
			t.Errorf("%s is not named NNNN_kind_name.sql", name)
			continue
		}
		if other, ok := taken[name[:4]]; ok {
			t.Errorf("%s and %s share a number", other, name)
		}
		taken[name[:4]] = name
	}
}
