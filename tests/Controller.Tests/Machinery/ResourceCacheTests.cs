using ConfidentialOperator.Controller.Kubernetes;

namespace ConfidentialOperator.Controller.Tests.Machinery;

public sealed class ResourceCacheTests
{
    private static readonly ObjectKey s_model = new("a", "model");
    private readonly ResourceCache<Item> _cache = new();
    private readonly List<string> _changes = [];

    public ResourceCacheTests() => _cache.Changed += (before, now) => _changes.Add($"{before?.Version}->{now?.Version}");

    [Fact]
    public void OldNewsDoesNotReplaceNewer()
    {
        _cache.Observe(new Item("x", 7));
        _cache.Observe(new Item("x", 5));
        _cache.Observe(new Item("x", 7));
        Assert.Equal(["->7"], _changes);
    }

    [Fact]
    public void AnObjectThatIsGoneIsToldWithItsLastState()
    {
        _cache.Observe(new Item("x", 7));
        _cache.Remove(new Item("x", 9));
        Assert.Equal(["->7", "7->"], _changes);
        Assert.Empty(_cache.Of(s_model));
    }

    [Fact]
    public void TheAnswerToAnOldWriteDoesNotBringAnObjectBack()
    {
        _cache.Observe(new Item("x", 7));
        _cache.Remove(new Item("x", 9));
        _cache.Observe(new Item("x", 8));
        Assert.Null(_cache.Find(new ObjectKey("a", "x")));
        _cache.Observe(new Item("x", 10, "another"));
        Assert.NotNull(_cache.Find(new ObjectKey("a", "x")));
    }

    [Fact]
    public void NewsOfAnOldDeletionDoesNotRemoveTheSuccessor()
    {
        _cache.Observe(new Item("x", 10, "another"));
        _cache.Remove(new Item("x", 9));
        Assert.NotNull(_cache.Find(new ObjectKey("a", "x")));
    }

    [Fact]
    public void AListTellsWhatVanishedButNotWhatWasWrittenAfterIt()
    {
        _cache.Observe(new Item("gone", 3));
        _cache.Observe(new Item("written", 12));
        _cache.Replace(new ListScope("a"), [new Item("kept", 4)], 10);
        Assert.Null(_cache.Find(new ObjectKey("a", "gone")));
        Assert.NotNull(_cache.Find(new ObjectKey("a", "written")));
        Assert.NotNull(_cache.Find(new ObjectKey("a", "kept")));
    }

    [Fact]
    public void AListOfOneNamespaceLeavesOthersAlone()
    {
        _cache.Observe(new Item("x", 3));
        _cache.Replace(new ListScope("b"), [], 10);
        Assert.NotNull(_cache.Find(new ObjectKey("a", "x")));
    }

    private sealed record Item(string Name, long Version, string Uid = "uid") : ICached
    {
        public ObjectKey Key => new("a", Name);

        public ObjectKey? Model => s_model;
    }
}
