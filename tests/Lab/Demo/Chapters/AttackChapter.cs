namespace ConfidentialOperator.Lab.Demo.Chapters;

/// <summary>The admin of the cluster, who has root everywhere but in the guest, tries to read along.</summary>
internal static class AttackChapter
{
    public static async Task TellAsync(Stage stage, Telling telling, CancellationToken cancellationToken)
    {
        telling.Chapter("5  The admin tries");
        await telling.FactAsync("reads the model where it is stored and where the pod keeps it: ciphertext", () => Task.FromResult(ReadModel(stage)));
        WireAttacks wire = new(stage);
        await telling.FactAsync("captures the traffic between proxy and pod: no word of prompt or answer in it", () => wire.CaptureAsync(cancellationToken));
        await telling.FactAsync("replays a captured request: refused", () => wire.ReplayAsync(cancellationToken));
        await telling.FactAsync("asks without a caller's key: 401, and the relay cannot tell why", () => wire.AskWithoutKeyAsync(cancellationToken));
        await telling.FactAsync("points the client to another guest: it refuses before it sends", () => wire.OtherGuestAsync(cancellationToken));
        using GuestAttacks guests = new(stage);
        await telling.FactAsync("starts the pod without the Sidecar: nothing is served, no key arrives", () => guests.WithoutSidecarAsync(cancellationToken));
        await telling.FactAsync("flips a bit of a sealed file on the node: refused, with file and chunk", () => guests.FlipBitOnNodeAsync(cancellationToken));
        await telling.FactAsync("flips a bit of a sealed file in the store: refused, with the file", () => guests.FlipBitInStoreAsync(cancellationToken));
        await telling.FactAsync("swaps the runtime image: the pod starts, the key is refused, the status says which rule",
            () => guests.SwapImageAsync(cancellationToken));
        await telling.FactAsync("and meanwhile the model was served, and is Ready again when the admin gives up", () => guests.RecoverAsync(cancellationToken));
    }

    private static Proof ReadModel(Stage stage)
    {
        DemoModel model = stage.Models[0];
        string volumes = Path.Combine(stage.Cluster.Folders.Data, "pods");
        string[] files = [.. Directory.GetFiles(stage.Owner.SealedFolder(model.Name)),
            .. Directory.GetFiles(volumes, "*.sealed", SearchOption.AllDirectories)];
        string? readable = Plaintext.Find(model, files);
        bool both = files.Any(file => file.StartsWith(volumes, StringComparison.Ordinal));
        return Proof.Of(readable is null && both, readable ?? $"{files.Length} files searched for pieces of {model.Name}");
    }
}
