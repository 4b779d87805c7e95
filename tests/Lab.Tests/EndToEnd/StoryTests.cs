using ConfidentialOperator.Lab.Demo;
using ConfidentialOperator.Lab.Hosting;
using Spectre.Console;

namespace ConfidentialOperator.Lab.Tests.EndToEnd;

/// <summary>What <c>make demo</c> tells, as a test: every line of it must hold, the admin's attempts among them.</summary>
[Collection(LabCollection.Name)]
public sealed class StoryTests
{
    [Fact]
    public async Task EveryFactOfTheStoryHolds()
    {
        CancellationToken cancellationToken = TestContext.Current.CancellationToken;
        string folder = Directory.CreateTempSubdirectory("lab-story-").FullName;
        await using StringWriter screen = new();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(screen), Ansi = AnsiSupport.No });
        console.Profile.Width = 4096;
        Telling telling = new(console);
        await using (Stage stage = await Stage.BuildAsync(LabFolders.At(Path.Combine(folder, "data")), modelFolder: null, cancellationToken))
        {
            await Story.TellAsync(stage, telling, cancellationToken);
        }

        Directory.Delete(folder, recursive: true);
        string[] broken = [.. screen.ToString().Split('\n').Where(line => line.Contains('✘', StringComparison.Ordinal))];
        Assert.True(broken.Length == 0, string.Join('\n', broken));
        Assert.True(telling.Held >= 33, $"Only {telling.Held} facts were told.");
    }

    [Fact]
    public async Task AFactThatThrowsOrDoesNotHoldIsCountedAndMarked()
    {
        await using StringWriter screen = new();
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(screen), Ansi = AnsiSupport.No });
        Telling telling = new(console);
        await telling.FactAsync("holds", () => Task.FromResult(Proof.Of(true, "shown")));
        await telling.FactAsync("does not hold", () => Task.FromResult(Proof.Of(false, "shown")));
        await telling.FactAsync("throws", () => throw new LabException("broken"));
        Assert.Equal((1, 2), (telling.Held, telling.Failed));
        Assert.Equal(2, screen.ToString().Count(mark => mark == '✘'));
    }

    [Fact]
    public void PlaintextIsFoundWhereItIs()
    {
        string folder = Directory.CreateTempSubdirectory("lab-plain-").FullName;
        string original = Path.Combine(folder, "model.onnx");
        string copy = Path.Combine(folder, "model.onnx.sealed");
        byte[] content = new byte[100_000];
        new Random(1).NextBytes(content);
        File.WriteAllBytes(original, content);
        DemoModel model = new() { Name = "m", Task = "chat", Folder = folder, Files = ["model.onnx"] };
        File.WriteAllBytes(copy, [.. new byte[7], .. content]);
        Assert.NotNull(Plaintext.Find(model, [copy]));
        new Random(2).NextBytes(content);
        File.WriteAllBytes(copy, content);
        Assert.Null(Plaintext.Find(model, [copy]));
        Directory.Delete(folder, recursive: true);
    }
}
