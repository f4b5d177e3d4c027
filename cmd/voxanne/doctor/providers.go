package doctor

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/providers/email"
	"github.com/voxanne-ai/voxanne/providers/embedding"
	"github.com/voxanne-ai/voxanne/providers/storage"
	"github.com/voxanne-ai/voxanne/providers/vapi"
	"github.com/voxanne-ai/voxanne/server"
)

// later is what to do about a provider that does not answer.
const later = "Ask again; if it stays so, see the provider's status page and this machine's way out."

func (d doctor) vapiKey(ctx context.Context) verdict {
	if d.Config.VapiPrivateKey == "" {
		return doubtful("Not asked: VAPI_PRIVATE_KEY is not set, so that the workers do not start.", "Give the account's private key.")
	}
	switch err := d.openVapi(ctx, string(d.Config.VapiPrivateKey)); {
	case err == nil:
		return fine("Vapi takes the private key.")
	case errors.Is(err, vapi.ErrUnauthorized):
		return wrong("Vapi refuses the private key.", "Copy the private key from Vapi's dashboard, under API keys, to VAPI_PRIVATE_KEY.")
	}
	return wrong("Vapi cannot be asked.", later)
}

// vapiPublicKey: members see this key, so it must open nothing. Whether it is limited to some pages and assistants cannot be
// asked at Vapi.
func (d doctor) vapiPublicKey(ctx context.Context) verdict {
	const remedy = "Put the public key there, and make a new private key at Vapi: members have seen this one."
	switch key := d.Config.VapiPublicKey; {
	case key == "":
		return unused("Not asked: VAPI_PUBLIC_KEY is not set.")
	case key == string(d.Config.VapiPrivateKey):
		return wrong("VAPI_PUBLIC_KEY is the private key.", remedy)
	}
	switch err := d.openVapi(ctx, d.Config.VapiPublicKey); {
	case err == nil:
		return wrong("VAPI_PUBLIC_KEY opens the account: it is a private key.", remedy)
	case errors.Is(err, vapi.ErrUnauthorized):
		return fine("VAPI_PUBLIC_KEY does not open the account. Which pages and assistants it is limited to is told by Vapi's dashboard only.")
	}
	return doubtful("Not known: Vapi cannot be asked.", later)
}

// openVapi asks for one assistant, once. It takes no turn of those that the workers share.
func (d doctor) openVapi(ctx context.Context, key string) error {
	client, err := vapi.New(vapi.Options{BaseURL: d.Config.VapiBaseURL, Key: key, HTTP: d.HTTP, Timeout: Limit})
	if err != nil {
		return err
	}
	return client.Verify(ctx)
}

// email asks whether the platform may send; clinics' own accounts were asked when they were connected.
func (d doctor) email(ctx context.Context) verdict {
	var err error
	var variable string
	switch {
	case d.Config.ResendAPIKey != "":
		variable = "RESEND_API_KEY"
		err = d.openResend(ctx)
	case d.Config.SMTPURL != "":
		variable = "SMTP_URL"
		err = email.VerifySMTP(ctx, string(d.Config.SMTPURL))
	default:
		return doubtful("Clinics without an account of their own send no e-mail.", "Set RESEND_API_KEY or SMTP_URL, and EMAIL_FROM.")
	}
	var refused *email.RefusedError
	switch {
	case err == nil:
		return fine("The way of " + variable + " is open.")
	case errors.Is(err, email.ErrUnauthorized):
		return wrong("The key or password of "+variable+" is refused.", "Make a new one there, and put it into "+variable+".")
	case errors.Is(err, email.ErrNotVerified):
		return wrong("The domain of EMAIL_FROM is not verified at Resend.", "Verify it there, or send from another domain.")
	case errors.As(err, &refused):
		return wrong("The e-mail service refuses us.", "Correct "+variable+" and EMAIL_FROM.")
	}
	return wrong("The e-mail service of "+variable+" does not answer.", later)
}

func (d doctor) openResend(ctx context.Context) error {
	resend, err := email.NewResend(email.ResendOptions{BaseURL: d.Config.ResendBaseURL, HTTP: d.HTTP})
	if err != nil {
		return err
	}
	return resend.Verify(ctx, string(d.Config.ResendAPIKey), d.Config.EmailFrom)
}

// storage keeps a small file, reads it and takes it away: a full disk or a key that may only read shows in no other way. A folder
// that is not there is left so, since it would belong to whoever asks.
func (d doctor) storage(ctx context.Context) verdict {
	if d.Config.KeepsFilesIn() == server.InDirectory {
		if _, err := os.Stat(d.Config.StorageDir); errors.Is(err, fs.ErrNotExist) {
			return unused("The folder for files is not there yet; the first process that starts makes it.")
		}
	}
	store, err := d.Store()
	if err != nil {
		return wrong("The storage of files cannot be opened.", "Correct STORAGE_DIR, S3_… or SUPABASE_…, and who may write there.")
	}
	if closing, ok := store.(interface{ Close() error }); ok {
		defer func() { _ = closing.Close() }() // a folder's handle
	}
	where := store.Name()
	switch err := keepAndRead(ctx, store); {
	case err == nil:
		return fine("A file was kept, read and deleted (" + where + ").")
	case errors.Is(err, storage.ErrUnauthorized):
		return wrong("The storage ("+where+") refuses the key, or has no such bucket.", "Correct the key and the bucket's name, and let the key write.")
	}
	return wrong("No file can be kept in the storage ("+where+").", "Look for room on its disk, who may write there, and whether it answers.")
}

func keepAndRead(ctx context.Context, store storage.Store) (err error) {
	text, key := []byte("doctor"), "doctor-"+uuid.NewString()
	if err := store.Put(ctx, key, bytes.NewReader(text), int64(len(text)), "text/plain"); err != nil {
		return err
	}
	defer func() {
		cleaning, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		err = errors.Join(err, store.Delete(cleaning, key))
	}()
	file, err := store.Get(ctx, key, 0, -1)
	if err != nil {
		return err
	}
	return file.Close()
}

// embedding has one word turned into a vector.
func (d doctor) embedding(ctx context.Context) verdict {
	if d.Config.EmbeddingBaseURL == "" {
		return unused("Not asked: documents are compared by their words, on this machine.")
	}
	model, err := d.Embedder()
	if err != nil {
		return wrong("The embedding service cannot be used as it is configured.", "Correct the EMBEDDING_… variables.")
	}
	_, err = model.Embed(ctx, []string{"tooth"})
	var length *embedding.DimensionsError
	var refused *embedding.RefusedError
	switch {
	case err == nil:
		return fine("The embedding service makes vectors.")
	case errors.Is(err, embedding.ErrUnauthorized):
		return wrong("The embedding service refuses EMBEDDING_API_KEY.", "Put a good key there.")
	case errors.As(err, &length):
		return wrong("The model's vectors have another length than EMBEDDING_DIMENSIONS says.", "Set it to what the model makes; all vectors are then made anew.")
	case errors.As(err, &refused):
		return wrong("The embedding service does not know EMBEDDING_MODEL.", "Correct its name, or EMBEDDING_BASE_URL.")
	}
	return wrong("The embedding service does not answer.", strings.Replace(later, "the provider's", "its", 1))
}
