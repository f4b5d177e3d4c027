package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/pgvector/pgvector-go"

	"github.com/voxanne-ai/voxanne/providers/embedding"
)

const (
	questionsAsked = 100
	piecesEach     = 200 // of the documents of each of the forty clinics
)

// topics are what documents and questions are about.
const topics = `whitening crown filling implant insurance parking hygiene veneer checkup emergency payment consultation cleaning braces
retainer aligner denture extraction anaesthetic sedation bleeding swelling molar bridge bonding polish fluoride sealant refund deposit invoice
discount membership referral wheelchair`

// topic is the n-th one.
func topic(n int) string {
	all := strings.Fields(topics)
	return all[n%len(all)]
}

// pieceOf is the n-th piece of a document: what its questions ask for stands in it.
func pieceOf(n int) string {
	return fmt.Sprintf("About %s and %s, see leaflet %d. Ask for it when you come; it takes about %d minutes, and we say what it costs before we begin.",
		topic(n), topic(n/len(strings.Fields(topics))+n+1), n, 10+n%50)
}

// questionOf is the n-th question of callers, in half the words of a piece.
func questionOf(n int) string {
	at := n * piecesEach / (questionsAsked + 1)
	return fmt.Sprintf("What about %s and %s, leaflet %d?", topic(at), topic(at/len(strings.Fields(topics))+at+1), at)
}

// fillQuestions gives the clinics documents, and pgbench the questions with the vectors that the service makes by itself.
func fillQuestions(ctx context.Context, owner *pgx.Conn, scripts string) error {
	texts := map[string][]string{}
	for n := range piecesEach {
		texts["bench.pieces"] = append(texts["bench.pieces"], pieceOf(n))
	}
	for n := range questionsAsked {
		texts["bench.questions"] = append(texts["bench.questions"], questionOf(n+1))
	}
	if _, err := owner.Exec(ctx, `create schema if not exists bench;
		create table bench.pieces (n integer primary key, body text, embedding extensions.vector);
		create table bench.questions (n integer primary key, body text, embedding extensions.vector)`); err != nil {
		return fmt.Errorf("make room for questions: %w", err)
	}
	for table, bodies := range texts {
		vectors, err := embedding.NewLexical().Embed(ctx, bodies)
		if err != nil {
			return fmt.Errorf("make vectors: %w", err)
		}
		batch := &pgx.Batch{}
		for i, body := range bodies {
			batch.Queue("insert into "+table+" values ($1, $2, $3::text::extensions.vector)", i+1, body, pgvector.NewVector(vectors[i]).String())
		}
		if err := owner.SendBatch(ctx, batch).Close(); err != nil {
			return fmt.Errorf("fill %s: %w", table, err)
		}
	}
	if err := runFile(ctx, owner, filepath.Join(scripts, "questions.sql")); err != nil {
		return fmt.Errorf("fill the clinics' documents: %w", err)
	}
	return nil
}
