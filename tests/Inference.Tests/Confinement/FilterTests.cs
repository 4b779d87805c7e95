using ConfidentialOperator.Inference.Confinement;

namespace ConfidentialOperator.Inference.Tests.Confinement;

/// <summary>The filter's program, run by an interpreter of its four instructions: what the kernel would answer for any call.</summary>
public sealed class FilterTests
{
    private const uint Allow = 0x7FFF_0000;
    private const uint Kill = 0x8000_0000;
    private const uint Refuse = 0x0005_0001;

    public static TheoryData<string> Processors => ["x64", "arm64"];

    [Theory, MemberData(nameof(Processors))]
    public void EveryListedCallIsRefused(string processor)
    {
        SystemCalls calls = Calls(processor);
        Assert.All(calls.Tried.Values.Concat(calls.Untried), number => Assert.Equal(Refuse, Run(calls, calls.Architecture, (uint)number, 0)));
        Assert.Equal(calls.Tried.Count + calls.Untried.Count, calls.Tried.Values.Concat(calls.Untried).Distinct().Count());
    }

    [Theory, MemberData(nameof(Processors))]
    public void OfAllSocketFamiliesOnlyUnixIsLeft(string processor)
    {
        SystemCalls calls = Calls(processor);
        for (uint family = 0; family < 64; family++)
        {
            Assert.Equal(family == SeccompFilter.UnixFamily ? Allow : Refuse, Run(calls, calls.Architecture, (uint)calls.Socket, family));
        }
    }

    [Theory, MemberData(nameof(Processors))]
    public void EverythingElseIsAllowed(string processor)
    {
        SystemCalls calls = Calls(processor);
        int[] refused = [.. calls.Tried.Values, .. calls.Untried, calls.Socket];
        Assert.All(Enumerable.Range(0, 600).Except(refused), number => Assert.Equal(Allow, Run(calls, calls.Architecture, (uint)number, 0)));
    }

    [Fact]
    public void CallsOfOtherTablesEndTheProcess()
    {
        const uint i386 = 0x4000_0003;
        Assert.Equal(Kill, Run(SystemCalls.X64, i386, 1, 0));
        Assert.Equal(Kill, Run(SystemCalls.X64, SystemCalls.Arm64.Architecture, 1, 0));
        Assert.Equal(Kill, Run(SystemCalls.Arm64, SystemCalls.X64.Architecture, 1, 0));
        Assert.Equal(Kill, Run(SystemCalls.X64, SystemCalls.X64.Architecture, 0x4000_0000 | 41, 2));
    }

    private static SystemCalls Calls(string processor) => processor == "x64" ? SystemCalls.X64 : SystemCalls.Arm64;

    private static uint Run(SystemCalls calls, uint architecture, uint number, uint argument)
    {
        SeccompFilter.Instruction[] program = SeccompFilter.Build(calls);
        uint accumulator = 0;
        for (int at = 0; ; at++)
        {
            SeccompFilter.Instruction instruction = program[at];
            switch (instruction.Code)
            {
                case 0x20:
                    accumulator = instruction.Constant switch { 0 => number, 4 => architecture, 16 => argument, _ => throw new InvalidDataException() };
                    break;
                case 0x15:
                    at += accumulator == instruction.Constant ? instruction.IfTrue : instruction.IfFalse;
                    break;
                case 0x35:
                    at += accumulator >= instruction.Constant ? instruction.IfTrue : instruction.IfFalse;
                    break;
                default:
                    Assert.Equal(0x06, instruction.Code);
                    return instruction.Constant;
            }
        }
    }
}
