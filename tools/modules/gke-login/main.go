// A small gke-gcloud-auth-plugin for machines that lack Google's own: by it the Kubernetes provider and kubectl log in at
// a cluster at Google as whoever GOOGLE_APPLICATION_CREDENTIALS says. It knows the one way that Fleet's kubeconfigs ask
// for (components/platform/gke.ts), by the same library as Google's, and keeps nothing on disk either. Google's module is
// not to be had by its tags (v36.… without that in its path), so that it cannot be pinned and built.
// Sources: kubernetes.io/docs, «client-go credential plugins»; kubernetes/cloud-provider-gcp, cmd/gke-gcloud-auth-plugin.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/google"
)

const library = "golang.org/x/oauth2"

// The second one lets the API server see the account's address, not a number that no binding names.
var scopes = []string{
	"https://www.googleapis.com/auth/cloud-platform",
	"https://www.googleapis.com/auth/userinfo.email",
}

// A token service that stumbles would fail an update in its middle.
var pauses = []time.Duration{time.Second, 3 * time.Second, 6 * time.Second}

type status struct {
	Token   string     `json:"token"`
	Expires *time.Time `json:"expirationTimestamp,omitempty"`
}

type execCredential struct {
	Kind    string   `json:"kind"`
	Version string   `json:"apiVersion"`
	Spec    struct{} `json:"spec"`
	Status  status   `json:"status"`
}

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "gke-gcloud-auth-plugin:", err)
		os.Exit(1)
	}
}

func run(words []string, out io.Writer) error {
	flags := flag.NewFlagSet("gke-gcloud-auth-plugin", flag.ContinueOnError)
	byDefault := flags.Bool("use_application_default_credentials", false, "log in as GOOGLE_APPLICATION_CREDENTIALS says")
	version := flags.Bool("version", false, "tell the version")
	if err := flags.Parse(words); err != nil {
		return err
	}
	if *version {
		return tellVersion(out)
	}
	if !*byDefault || flags.NArg() > 0 {
		return errors.New("this one is Fleet's, and knows --use_application_default_credentials alone: install Google's")
	}
	token, err := patiently(context.Background())
	if err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(credential(token))
}

func patiently(ctx context.Context) (*oauth2.Token, error) {
	token, err := ask(ctx)
	for _, pause := range pauses {
		if err == nil {
			break
		}
		time.Sleep(pause)
		token, err = ask(ctx)
	}
	return token, err
}

func ask(ctx context.Context) (*oauth2.Token, error) {
	source, err := google.DefaultTokenSource(ctx, scopes...)
	if err != nil {
		return nil, err
	}
	return source.Token()
}

func credential(token *oauth2.Token) execCredential {
	given := execCredential{Kind: "ExecCredential", Version: "client.authentication.k8s.io/v1beta1"}
	given.Status.Token = token.AccessToken
	if !token.Expiry.IsZero() {
		ends := token.Expiry.UTC()
		given.Status.Expires = &ends
	}
	return given
}

// The version is the library's: there is nothing else to it.
func tellVersion(out io.Writer) error {
	built, _ := debug.ReadBuildInfo()
	if built != nil {
		for _, part := range built.Deps {
			if part.Path == library {
				_, err := fmt.Fprintf(out, "Fleet's own, of %s %s\n", library, part.Version)
				return err
			}
		}
	}
	return errors.New("built without its modules")
}
