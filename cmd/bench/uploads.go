package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"mime/multipart"
	"os"
	"path/filepath"
	"strings"
	"time"

	"codeberg.org/go-pdf/fpdf"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/dbtest"
	"github.com/voxanne-ai/voxanne/jobs"
	"github.com/voxanne-ai/voxanne/jobs/librarian"
	"github.com/voxanne-ai/voxanne/jobs/reader"
	"github.com/voxanne-ai/voxanne/providers/embedding"
	"github.com/voxanne-ai/voxanne/server"
	"github.com/voxanne-ai/voxanne/server/api"
)

const (
	// readDocument is how this program starts itself to read one document, as voxanne does.
	readDocument = "read-document"
	// answerable is how long a file may take until its last page is found.
	answerable = 5 * time.Minute
	// pause lies between two searches: no figure is finer.
	pause = 20 * time.Millisecond
)

// documentReader reads documents in processes of this program.
func documentReader() (*reader.Child, error) {
	program, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program, to read documents with: %w", err)
	}
	return &reader.Child{Program: program, Args: []string{readDocument}}, nil
}

// runUploads measures how long a file takes from its upload over HTTP until a search over HTTP finds a word that stands only at the end of its
// last page. One file after the other goes the whole way: the server's look at it, the queue, a reader in a process of its own, vectors of the
// lexical embedder. The workers run in this process.
func runUploads(ctx context.Context, s settings) (err error) {
	sizes, err := sizesOf("pages", s.pages, 1)
	if err != nil {
		return err
	}
	scratch, drop, err := scratchDatabase(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, drop()) }()
	service, err := newHTTPTarget(ctx, scratch.LoginURL, 1)
	if err != nil {
		return err
	}
	defer service.close()
	b := &uploadsBench{settings: s, service: service}
	if err := b.signUp(ctx, scratch.OwnerURL); err != nil {
		return err
	}
	stop, err := b.work(ctx, scratch.LoginURL)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, stop()) }()
	fmt.Fprintf(s.out, "\n%-32s %9s %9s %12s\n", "from upload to answerable", "p50 s", "p99 s", "pages/s")
	for _, size := range sizes {
		if err := b.measure(ctx, size); err != nil {
			return fmt.Errorf("%d pages: %w", size, err)
		}
	}
	return nil
}

// uploadsBench is one run's server, and the member who uploads.
type uploadsBench struct {
	settings
	service *httpTarget
	owner   member
}

// signUp founds the clinic that uploads.
func (b *uploadsBench) signUp(ctx context.Context, ownerURL string) error {
	root, err := dbtest.Root()
	if err != nil {
		return err
	}
	connection, err := pgx.Connect(ctx, ownerURL)
	if err != nil {
		return fmt.Errorf("reach the scratch database: %w", err)
	}
	defer connection.Close(context.WithoutCancel(ctx))
	if err := runFile(ctx, connection, filepath.Join(root, "sql/bench/uploads.sql")); err != nil {
		return fmt.Errorf("found the clinic: %w", err)
	}
	owners, err := db.New(connection).BenchOwners(ctx)
	if err != nil {
		return fmt.Errorf("find the clinic's owner: %w", err)
	}
	for _, o := range owners {
		b.owner.token, err = server.MintDevToken(benchConfig.JWTSecret, o.OrgID, o.UserID, benchConfig.Issuer(), time.Hour)
	}
	return err
}

// work starts workers that make documents ready; stop ends them, once.
func (b *uploadsBench) work(ctx context.Context, loginURL string) (stop func() error, err error) {
	documents, err := documentReader()
	if err != nil {
		return nil, err
	}
	log := slog.New(slog.DiscardHandler)
	made, err := librarian.New(librarian.Options{
		DB: b.service.database, Reader: documents, Models: embedding.NewModels(embedding.NewLexical()), Log: log,
	})
	if err != nil {
		return nil, err
	}
	return startWorkers(ctx, jobs.Options{DirectURL: loginURL, DB: b.service.database, ReadReport: noReport, Documents: made, Log: log}), nil
}

// measure uploads as many files of a size as there are rounds, and one before them that warms up.
func (b *uploadsBench) measure(ctx context.Context, pages int) error {
	var f figures
	for round := range b.rounds + 1 {
		word := "marker" + strings.ReplaceAll(uuid.NewString(), "-", "")
		file, err := handbook(pages, word)
		if err != nil {
			return err
		}
		begun := time.Now()
		if err := b.upload(ctx, fmt.Sprintf("handbook %d-%d.pdf", pages, round), file); err != nil {
			return err
		}
		if err := b.await(ctx, word); err != nil {
			return err
		}
		if round > 0 {
			f.took = append(f.took, time.Since(begun))
		}
	}
	middle := f.quantile(.5) / 1000
	fmt.Fprintf(b.out, "%-32s %9.2f %9.2f %12.0f\n", fmt.Sprintf("%d pages, %d times", pages, b.rounds), middle, f.quantile(.99)/1000, float64(pages)/middle)
	return nil
}

// upload sends a form with a file, as the dashboard does.
func (b *uploadsBench) upload(ctx context.Context, name string, content []byte) error {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", name)
	if err == nil {
		_, err = part.Write(content)
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		return fmt.Errorf("write a form: %w", err)
	}
	if _, err := b.service.send(ctx, b.owner, "/api/knowledge-base/upload", form.FormDataContentType(), &body); err != nil {
		return fmt.Errorf("upload: %w", err)
	}
	return nil
}

// await searches for a word until a passage holds it.
func (b *uploadsBench) await(ctx context.Context, word string) error {
	question, err := json.Marshal(map[string]string{"query": word})
	if err != nil {
		return err
	}
	for limit := time.Now().Add(answerable); time.Now().Before(limit); {
		answer, err := b.service.send(ctx, b.owner, "/api/knowledge-base/search", "application/json", bytes.NewReader(question))
		if err != nil {
			return fmt.Errorf("search: %w", err)
		}
		var found api.KnowledgeFound
		if err := json.Unmarshal(answer, &found); err != nil {
			return fmt.Errorf("search: %w", err)
		}
		for _, passage := range found.Results {
			if strings.Contains(passage.Content, word) {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
	return fmt.Errorf("the last page was not found within %s", answerable)
}

// handbook is a PDF of pages with some three hundred words each, and the word at the end of the last one.
func handbook(pages int, word string) ([]byte, error) {
	p := fpdf.New("P", "pt", "A4", "")
	p.SetFont("Helvetica", "", 11)
	for page := range pages {
		p.AddPage()
		p.Text(50, 60, fmt.Sprintf("Chapter %d of the handbook", page+1))
		for line := range 25 {
			p.Text(50, float64(90+18*line), fmt.Sprintf("Rule %d of page %d says that treatment %d takes %d minutes and costs %d euro.",
				line+1, page+1, 25*page+line, 10+line, 40+page))
		}
	}
	p.Text(50, 560, "Whoever has read so far asks for "+word+".")
	var out bytes.Buffer
	if err := p.Output(&out); err != nil {
		return nil, fmt.Errorf("write a PDF: %w", err)
	}
	return out.Bytes(), nil
}
