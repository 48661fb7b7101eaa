module example/world

go 1.23
