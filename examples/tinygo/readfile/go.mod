module example/readfile

go 1.23
