// A server of the node's API that answers what it is told: accounts are texts, as since v0.2.18.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"

	pb "github.com/spacemeshos/api/release/go/spacemesh/v1"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

type account struct {
	Address string `json:"address"`
	Balance uint64 `json:"balance,string"`
	Rewards []struct {
		Layer uint32 `json:"layer"`
		Total uint64 `json:"total,string"`
	} `json:"rewards"`
}

type told struct {
	Debug    bool      `json:"debug"`
	Accounts []account `json:"accounts"`
}

func (a account) wrapper() *pb.Account {
	return &pb.Account{
		AccountId:      &pb.AccountId{Address: a.Address},
		StateCurrent:   &pb.AccountState{Counter: 7, Balance: &pb.Amount{Value: a.Balance}},
		StateProjected: &pb.AccountState{Counter: 8, Balance: &pb.Amount{Value: 1}},
	}
}

type globalState struct {
	pb.UnimplementedGlobalStateServiceServer
	accounts []account
}

func (s *globalState) AccountDataQuery(_ context.Context, in *pb.AccountDataQueryRequest) (*pb.AccountDataQueryResponse, error) {
	filter := in.GetFilter()
	if filter.GetAccountId() == nil || filter.GetAccountDataFlags() == 0 {
		return nil, status.Error(codes.InvalidArgument, "Filter must be provided")
	}
	response := &pb.AccountDataQueryResponse{}
	for _, one := range s.accounts {
		if one.Address != filter.AccountId.Address {
			continue
		}
		if filter.AccountDataFlags&uint32(pb.AccountDataFlag_ACCOUNT_DATA_FLAG_REWARD) != 0 {
			for _, reward := range one.Rewards {
				response.AccountItem = append(response.AccountItem, &pb.AccountData{Datum: &pb.AccountData_Reward{Reward: &pb.Reward{
					Layer:       &pb.LayerNumber{Number: reward.Layer},
					Total:       &pb.Amount{Value: reward.Total},
					LayerReward: &pb.Amount{Value: 1},
					Coinbase:    filter.AccountId,
				}}})
			}
		}
		if filter.AccountDataFlags&uint32(pb.AccountDataFlag_ACCOUNT_DATA_FLAG_ACCOUNT) != 0 {
			response.AccountItem = append(response.AccountItem, &pb.AccountData{Datum: &pb.AccountData_AccountWrapper{AccountWrapper: one.wrapper()}})
		}
	}
	response.TotalResults = uint32(len(response.AccountItem))
	return response, nil
}

type debug struct {
	pb.UnimplementedDebugServiceServer
	accounts []account
}

func (s *debug) Accounts(context.Context, *pb.AccountsRequest) (*pb.AccountsResponse, error) {
	response := &pb.AccountsResponse{}
	for _, one := range s.accounts {
		response.AccountWrapper = append(response.AccountWrapper, one.wrapper())
	}
	return response, nil
}

// Started with what it is to answer, it prints its port, and ends when its standard input does.
func main() {
	var answers told
	if err := json.Unmarshal([]byte(os.Args[1]), &answers); err != nil {
		panic(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	server := grpc.NewServer()
	pb.RegisterGlobalStateServiceServer(server, &globalState{accounts: answers.Accounts})
	if answers.Debug {
		pb.RegisterDebugServiceServer(server, &debug{accounts: answers.Accounts})
	}
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		server.Stop()
	}()
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	if err := server.Serve(listener); err != nil {
		panic(err)
	}
}
