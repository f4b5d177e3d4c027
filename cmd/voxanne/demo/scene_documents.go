package demo

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"strings"
	"time"
)

const (
	pathDocuments = "/api/knowledge-base"
	priceList     = "Price list of the demo.csv"
	// answerable is how long a file may take until callers are answered from it.
	answerable = time.Minute
)

// documents has Lakeside upload a price list, new in every play, and callers of both clinics ask for what stands in it.
func (p *play) documents(ctx context.Context) error {
	p.heading("%s uploads a price list", p.lakeside.Name)
	owner, err := p.signIn(p.lakeside)
	if err != nil {
		return err
	}
	price := fmt.Sprintf("%d dollars", 1000+rand.IntN(9000))
	began := time.Now()
	ready, err := owner.publish(ctx, priceList, "Treatment,Price\nAmber stone polish,"+price+"\nMoonlight retainer,310 dollars\n")
	if err != nil {
		return err
	}
	p.line("", fmt.Sprintf("%s is %v after %s", priceList, ready["state"], time.Since(began).Round(time.Millisecond)))
	p.promise(ready["state"] == "ready" && time.Since(began) < answerable, "Within a minute callers are answered from it", ready)

	number, err := p.newNumber(ctx, chicagoNumbers)
	if err != nil {
		return err
	}
	asks := p.ring(p.lakeside, "Bo Quillwort", number)
	said, err := asks.wonders(ctx, "How much is an amber stone polish?")
	if err != nil {
		return err
	}
	p.promise(strings.Contains(said, price) && strings.Contains(said, "Price list of the demo"), "The agent has the price of today's list, and says where it stands", said)
	if err := p.askedElsewhere(ctx, price); err != nil {
		return err
	}
	return p.askedInVain(ctx, owner, asks)
}

// askedElsewhere asks the other clinic the same.
func (p *play) askedElsewhere(ctx context.Context, price string) error {
	number, err := p.newNumber(ctx, londonNumbers)
	if err != nil {
		return err
	}
	said, err := p.ring(p.harbor, "Cleo Quillmore", number).wonders(ctx, "How much is an amber stone polish?")
	if err != nil {
		return err
	}
	p.promise(!strings.Contains(said, price) && strings.Contains(said, "do not say"), "The agent of "+p.harbor.Name+" knows nothing of it", said)
	return nil
}

// askedInVain asks what no document answers: the clinic reads the question, and no other clinic's.
func (p *play) askedInVain(ctx context.Context, owner dashboard, asks *phone) error {
	said, err := asks.wonders(ctx, "Do you offer balloon rides over the harbour?")
	if err != nil {
		return err
	}
	p.promise(strings.Contains(said, "do not say"), "Where the documents do not say, the agent is told to say so", said)
	gaps, err := owner.ask(ctx, http.MethodGet, pathDocuments+"/gaps?limit=100", nil)
	if err != nil {
		return err
	}
	shown := fmt.Sprint(gaps.body["gaps"])
	p.promise(strings.Contains(shown, "balloon rides") && !strings.Contains(shown, "amber stone"),
		"The clinic reads what was asked in vain, and nothing of the other clinic's", shown)
	return nil
}

// wonders asks a question that the model takes to the documents.
func (ph *phone) wonders(ctx context.Context, question string) (string, error) {
	ph.says("%s", question)
	_, result, err := ph.ask(ctx, "queryKnowledgeBase", map[string]any{"query": question})
	return result.Text(), err
}

// publish uploads a file, as the next version of the document of its name where there is one, and waits until it is ready or failed.
func (d dashboard) publish(ctx context.Context, name, content string) (document map[string]any, err error) {
	listed, err := d.ask(ctx, http.MethodGet, pathDocuments+"?limit=100", nil)
	if err != nil {
		return nil, err
	}
	path := pathDocuments
	items, _ := listed.body["items"].([]any)
	for _, item := range items {
		if before, _ := item.(map[string]any); before["filename"] == name {
			path += fmt.Sprintf("/%v", before["id"])
		}
	}
	saved, err := d.upload(ctx, path+"/upload", name, content)
	if err != nil {
		return nil, err
	}
	document, _ = saved.body["item"].(map[string]any)
	id, _ := document["id"].(string)
	if id == "" {
		return nil, fmt.Errorf("the file was not taken: %s", saved)
	}
	patience, cancel := context.WithTimeout(ctx, answerable)
	defer cancel()
	for document["state"] != "ready" && document["state"] != "failed" {
		select {
		case <-patience.Done():
			return document, ctx.Err()
		case <-time.After(200 * time.Millisecond):
		}
		read, err := d.ask(ctx, http.MethodGet, pathDocuments+"/"+id, nil)
		if err != nil {
			return nil, err
		}
		document, _ = read.body["item"].(map[string]any)
	}
	return document, nil
}

// upload sends a form with a file.
func (d dashboard) upload(ctx context.Context, path, name, content string) (answered, error) {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", name)
	if err == nil {
		_, err = part.Write([]byte(content))
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		return answered{}, fmt.Errorf("write a form: %w", err)
	}
	return d.send(ctx, http.MethodPost, path, form.FormDataContentType(), &body)
}
