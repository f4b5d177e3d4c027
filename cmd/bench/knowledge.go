package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/pgvector/pgvector-go"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/dbtest"
)

// Of the clinics in sql/bench/knowledge.sql.
const (
	benchModel      = "bench"
	benchDimensions = 1024
	// outgrown is from how many pieces on sql/verify/knowledge.sql asks for an index over the clinic's vectors.
	outgrown = 50_000
	// passages is how many a caller is answered from.
	passages = 3
)

// runKnowledge measures how long a question to a clinic's documents takes in the database, by the clinic's size.
func runKnowledge(ctx context.Context, s settings) (err error) {
	sizes, err := sizesOf("pieces", s.pieces, 10)
	if err != nil {
		return err
	}
	scratch, drop, err := scratchDatabase(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, drop()) }()
	return measureKnowledge(ctx, s, scratch, sizes)
}

// measureKnowledge fills clinics of these sizes in a database and asks them.
func measureKnowledge(ctx context.Context, s settings, scratch *dbtest.Database, sizes []int) error {
	owner, err := pgx.Connect(ctx, scratch.OwnerURL)
	if err != nil {
		return fmt.Errorf("reach the scratch database: %w", err)
	}
	defer owner.Close(context.WithoutCancel(ctx))
	b := &knowledgeBench{settings: s, owner: owner}
	if err := b.furnish(ctx, sizes); err != nil {
		return err
	}
	if b.database, err = db.Open(ctx, scratch.LoginURL); err != nil {
		return err
	}
	defer b.database.Close()
	fmt.Fprintf(s.out, "%-10s %-20s %9s %9s %14s\n", "pieces", "", "p50 ms", "p99 ms", "fewer than 3")
	for _, size := range sizes {
		if err := b.ask(ctx, size, false); err != nil {
			return err
		}
		if size <= outgrown {
			continue
		}
		if err := b.index(ctx, size); err != nil {
			return err
		}
		if err := b.ask(ctx, size, true); err != nil {
			return err
		}
	}
	return nil
}

// sizesOf reads numbers with commas between them, of the named flag.
func sizesOf(name, list string, least int) (sizes []int, err error) {
	for part := range strings.SplitSeq(list, ",") {
		size, err := strconv.Atoi(strings.TrimSpace(part))
		if err != nil || size < least {
			return nil, fmt.Errorf("-%s: %q is no number of %d or more", name, part, least)
		}
		sizes = append(sizes, size)
	}
	return sizes, nil
}

// knowledgeBench is one run's database; owner is not bound by row security.
type knowledgeBench struct {
	settings
	owner    *pgx.Conn
	database *db.DB
}

// furnish fills the clinics. The index of words is made afterwards, as a restore does: piece by piece it takes longer than all else.
func (b *knowledgeBench) furnish(ctx context.Context, sizes []int) error {
	root, err := dbtest.Root()
	if err != nil {
		return err
	}
	begun := time.Now()
	if err := runFile(ctx, b.owner, filepath.Join(root, "sql/bench/knowledge.sql")); err != nil {
		return fmt.Errorf("make words and sentences: %w", err)
	}
	var words string
	err = b.owner.QueryRow(ctx, "select pg_get_indexdef('public.knowledge_chunks_words'::regclass)").Scan(&words)
	steps := []string{"set maintenance_work_mem = '1GB'", "drop index public.knowledge_chunks_words"}
	for _, size := range sizes {
		steps = append(steps, fmt.Sprintf("call bench.fill(%d)", size))
	}
	for _, step := range append(steps, words, "vacuum (analyze)") {
		if err == nil {
			_, err = b.owner.Exec(ctx, step)
		}
	}
	if err != nil {
		return fmt.Errorf("fill the clinics: %w", err)
	}
	fmt.Fprintf(b.out, "clinics of %s pieces with vectors of %d numbers, filled in %.0f s; %d questions each\n\n",
		b.pieces, benchDimensions, time.Since(begun).Seconds(), b.rounds)
	return nil
}

// clinicOf is the id of the clinic with so many pieces.
func clinicOf(size int) uuid.UUID {
	return uuid.MustParse(fmt.Sprintf("00000000-0000-7000-9000-%012d", size))
}

// index makes what sql/verify/knowledge.sql tells a DBA to make for a clinic that has outgrown exact search.
func (b *knowledgeBench) index(ctx context.Context, size int) error {
	begun := time.Now()
	var statement string
	err := b.owner.QueryRow(ctx, "select bench.index_of($1)", clinicOf(size)).Scan(&statement)
	if err == nil {
		_, err = b.owner.Exec(ctx, "set maintenance_work_mem = '3GB'")
	}
	if err == nil {
		_, err = b.owner.Exec(ctx, statement)
	}
	if err != nil {
		return fmt.Errorf("index the vectors of a clinic: %w", err)
	}
	fmt.Fprintf(b.out, "%-10d %-20s %9.0f s\n", size, "making the index", time.Since(begun).Seconds())
	return nil
}

// searchWays are the ways in which passages are found.
func searchWays() []string { return []string{"vectors", "words", "both"} }

// question is one with half the words of a sentence that stands somewhere, and a vector near the passage's.
type question struct {
	Text      string
	Embedding pgvector.Vector
}

// ask prints a line for each way of searching. The three take turns, so that what else the machine does is in all of them.
func (b *knowledgeBench) ask(ctx context.Context, size int, indexed bool) error {
	rows, err := b.owner.Query(ctx, "select q.question, q.embedding::text from generate_series(1, $2) n, bench.question($1) q where n > 0",
		clinicOf(size), b.rounds+1)
	if err != nil {
		return err
	}
	questions, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (q question, err error) {
		return q, row.Scan(&q.Text, &q.Embedding)
	})
	if err != nil {
		return fmt.Errorf("think of questions: %w", err)
	}
	took, few := map[string]*figures{"vectors": {}, "words": {}, "both": {}}, map[string]int{}
	for round, q := range questions {
		for _, way := range searchWays() {
			took1, found, err := b.search(ctx, clinicOf(size), q.searched(way))
			if err != nil {
				return fmt.Errorf("%d pieces, %s: %w", size, way, err)
			}
			if round == 0 {
				continue // the first one warms up
			}
			took[way].took = append(took[way].took, took1)
			if found < passages {
				few[way]++
			}
		}
	}
	for _, way := range searchWays() {
		fmt.Fprintf(b.out, "%-10d %-20s %9.2f %9.2f %14d\n", size, way+map[bool]string{true: ", index"}[indexed], took[way].quantile(.5), took[way].quantile(.99), few[way])
		b.sheet.noteTimes("search."+map[bool]string{true: "index."}[indexed]+way, took[way])
	}
	return nil
}

// searched is the question as one way of searching asks it.
func (q question) searched(way string) db.MatchKnowledgeParams {
	search := db.MatchKnowledgeParams{AtMost: passages}
	if way != "vectors" {
		search.Question = q.Text
	}
	if way != "words" {
		search.Model, search.Embedding = new(benchModel), &q.Embedding
	}
	return search
}

// search asks once, as a call's tool does, and says how long the one statement took.
func (b *knowledgeBench) search(ctx context.Context, clinic uuid.UUID, search db.MatchKnowledgeParams) (took time.Duration, found int, err error) {
	err = b.database.AsTenant(ctx, clinic, func(tx db.Tx) error {
		begun := time.Now()
		matches, err := tx.MatchKnowledge(ctx, search)
		took, found = time.Since(begun), len(matches)
		return err
	})
	return took, found, err
}
