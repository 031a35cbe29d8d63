module github.com/postroom/postroom/internal/integration

go 1.26
